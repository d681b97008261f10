//! Templates and static files, and the view types that a theme may rely on.
