//! `Site` + `Evidence` + theme to `Routes`.
