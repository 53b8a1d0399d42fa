//! Enough of XML to see that a picture is well-formed.

/// The texts between the tags, in order; panics where the document is not well-formed.
pub(crate) fn texts(document: &str) -> Vec<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut texts = Vec::new();
    let mut rest = document;
    let mut elements = 0;
    while let Some((before, after)) = rest.split_once('<') {
        if !before.trim().is_empty() {
            assert!(!open.is_empty(), "text outside the document: {before}");
            texts.push(unescaped(before));
        }
        let (tag, after) = after.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        assert!(elements == 0 || !open.is_empty(), "one element holds all others");
        elements += 1;
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        check_attributes(attributes);
        if !empty {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty() && elements > 0);
    texts
}

/// `name="value" name="value"`, each name once.
fn check_attributes(attributes: &str) {
    let mut names = Vec::new();
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").expect("a name and a value");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{name}");
        assert!(!names.contains(&name), "{name} twice");
        let (value, after) = after.split_once('"').expect("the value ends");
        unescaped(value);
        names.push(name);
        rest = after.trim_start();
    }
}

fn unescaped(text: &str) -> String {
    for part in text.split('&').skip(1) {
        assert!(["amp;", "lt;", "gt;"].iter().any(|name| part.starts_with(name)), "{text}");
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
