//! The lines of a JSON text on which its values begin.

use std::collections::{BTreeMap, HashMap};

use serde_json::value::RawValue;

/// One step from a value to a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// A JSON text that is asked for the lines of its values.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Offsets at which lines begin.
    starts: Vec<usize>,
    root: Inside<'t>,
    /// What lies in the values that were asked for, by their offsets.
    inside: HashMap<usize, Inside<'t>>,
}

#[derive(Clone)]
enum Inside<'t> {
    Array(Vec<&'t RawValue>),
    Object(BTreeMap<String, &'t RawValue>),
    Nothing,
}

impl Inside<'_> {
    fn of(raw: &RawValue) -> Inside<'_> {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'[') => serde_json::from_str(text).map_or(Inside::Nothing, Inside::Array),
            Some(b'{') => serde_json::from_str(text).map_or(Inside::Nothing, Inside::Object),
            _ => Inside::Nothing,
        }
    }
}

impl<'t> Inside<'t> {
    fn at(&self, step: &Step) -> Option<&'t RawValue> {
        match (self, step) {
            (Self::Array(values), Step::Index(at)) => values.get(*at).copied(),
            (Self::Object(values), Step::Name(name)) => values.get(name).copied(),
            _ => None,
        }
    }
}

impl<'t> Lines<'t> {
    /// A text that is one value, or the values of a stream with a line each.
    pub(super) fn of(text: &'t str, is_stream: bool) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect();
        let root = if is_stream {
            let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
            Inside::Array(values.map_while(Result::ok).collect())
        } else {
            serde_json::from_str::<&RawValue>(text).map_or(Inside::Nothing, Inside::of)
        };
        Self { text, starts, root, inside: HashMap::new() }
    }

    /// The line on which the value at the end of these steps begins, counted from 1.
    pub(super) fn line(&mut self, steps: &[Step]) -> usize {
        let mut offset = 0;
        for (depth, step) in steps.iter().enumerate() {
            let here = if depth == 0 { Some(&self.root) } else { self.inside.get(&offset) };
            let Some(raw) = here.and_then(|inside| inside.at(step)) else { break };
            // Both are slices of one text, so the distance is an offset in it.
            offset = (raw.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
            if depth + 1 < steps.len() {
                self.inside.entry(offset).or_insert_with(|| Inside::of(raw));
            }
        }
        self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_on_their_lines() {
        let text = "{\n \"a\\u0062\": [\n  {\"x\": 1},\n\n  {\"x\": [1,\n 2]}\n ]\n}";
        let mut lines = Lines::of(text, false);
        let name = |name: &str| Step::Name(name.to_owned());
        assert_eq!(lines.line(&[]), 1);
        assert_eq!(lines.line(&[name("ab")]), 2);
        assert_eq!(lines.line(&[name("ab"), Step::Index(0)]), 3);
        assert_eq!(lines.line(&[name("ab"), Step::Index(1)]), 5);
        assert_eq!(lines.line(&[name("ab"), Step::Index(1), name("x"), Step::Index(1)]), 6);
        let mut stream = Lines::of("{\"a\":1}\n{\"a\":2}\n", true);
        assert_eq!(stream.line(&[Step::Index(1)]), 2);
    }
}
