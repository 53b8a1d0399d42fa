use core::fmt;

/// A plain value. `Display` writes JSON (RFC 8259), over lines where it is longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Was not there.
    Nothing,
    /// Yes or no.
    Truth(bool),
    /// A length, a version, a count.
    Number(u64),
    /// A name or code.
    Text(String),
    /// Several, in order.
    List(Vec<Shown>),
    /// Named values, in order.
    Map(Vec<(&'static str, Shown)>),
}

impl From<u64> for Shown {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Shown {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Shown {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Shown {
    fn from(value: Option<&str>) -> Self {
        value.map_or(Self::Nothing, Self::from)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

impl Shown {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("null"),
            Self::Truth(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => quoted(f, text),
            Self::List(values) if values.iter().all(Self::is_plain) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    value.write(f, depth)?;
                }
                f.write_str("]")
            }
            Self::List(values) => {
                let write = |f: &mut fmt::Formatter<'_>, value: &Self| value.write(f, depth + 1);
                lines(f, depth, ["[", "]"], values, write)
            }
            // Tag and length: a tree of them is read more easily with a line for each object.
            Self::Map(entries)
                if entries.len() <= 3 && entries.iter().all(|(_, value)| value.is_plain()) =>
            {
                f.write_str("{")?;
                for (at, (key, value)) in entries.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    quoted(f, key)?;
                    f.write_str(": ")?;
                    value.write(f, depth)?;
                }
                f.write_str("}")
            }
            Self::Map(entries) => {
                let write = |f: &mut fmt::Formatter<'_>, entry: &(&'static str, Self)| {
                    quoted(f, entry.0)?;
                    f.write_str(": ")?;
                    entry.1.write(f, depth + 1)
                };
                lines(f, depth, ["{", "}"], entries, write)
            }
        }
    }

    const fn is_plain(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Map(_))
    }
}

fn lines<T>(
    f: &mut fmt::Formatter<'_>,
    depth: usize,
    [open, close]: [&str; 2],
    values: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_str(open)?;
    for (at, value) in values.iter().enumerate() {
        f.write_str(if at == 0 { "\n" } else { ",\n" })?;
        write!(f, "{:width$}", "", width = 2 * (depth + 1))?;
        write(f, value)?;
    }
    write!(f, "\n{:width$}{close}", "", width = 2 * depth)
}

/// A certificate's name may hold any character (RFC 8259 §7).
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            control if control.is_control() => write!(f, "\\u{:04x}", u32::from(control))?,
            other => write!(f, "{other}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_json_whatever_is_in_it() {
        let shown = Shown::Map(vec![
            ("text", "a \"b\" \\ \n \u{7f} é".into()),
            ("nothing", Shown::Nothing),
            ("numbers", Shown::List(vec![Shown::Number(1), Shown::Truth(false)])),
            ("maps", Shown::List(vec![Shown::Map(vec![("x", Shown::Number(u64::MAX))])])),
            ("empty", Shown::Map(vec![])),
        ]);
        let parsed: serde_json::Value = serde_json::from_str(&shown.to_string()).unwrap();
        assert_eq!(parsed["text"], "a \"b\" \\ \n \u{7f} é");
        assert_eq!(parsed["numbers"], serde_json::json!([1, false]));
        assert_eq!(parsed["maps"][0]["x"], u64::MAX);
        assert!(parsed["nothing"].is_null() && parsed["empty"].is_object());
    }
}
