//! What `--help` says, in the language that was chosen.
//!
//! clap writes the frame of a help text itself. What of it can be replaced is replaced here; the sentences with which
//! it refuses a command line cannot, they stay English.

use clap::{Arg, Command};

use crate::{
    exit,
    language::{self, choose, one},
};

/// clap's own texts, and what they are in Vietnamese.
const OF_CLAP: [(&str, &str); 5] = [
    ("Print help", "In hướng dẫn này"),
    ("Print help (see more with '--help')", "In hướng dẫn ngắn (đầy đủ hơn: '--help')"),
    ("Print help (see a summary with '-h')", "In hướng dẫn đầy đủ (ngắn gọn: '-h')"),
    ("Print version", "In số phiên bản"),
    (
        "Print this message or the help of the given subcommand(s)",
        "In hướng dẫn này, hoặc hướng dẫn của một lệnh",
    ),
];

/// What stands for a value in a help text.
const PLACEHOLDERS: [(&str, &str); 28] = [
    ("FILE", "TỆP"),
    ("PATH", "ĐƯỜNG_DẪN"),
    ("NAME", "TÊN"),
    ("DIGITS", "CHỮ_SỐ"),
    ("LINE", "DÒNG"),
    ("TEXT", "NỘI_DUNG"),
    ("SECONDS", "GIÂY"),
    ("MILLISECONDS", "MILI_GIÂY"),
    ("EXCHANGES", "SỐ_LƯỢT"),
    ("DATE", "NGÀY"),
    ("NUMBER", "SỐ"),
    ("KEY", "KHÓA"),
    ("PUB", "KHÓA_CÔNG_KHAI"),
    ("STATE", "MỨC"),
    ("HOW", "CÁCH"),
    ("SLOT", "KHE"),
    ("PORT", "CỔNG"),
    ("COLUMN", "CỘT"),
    ("FIELD=COLUMN", "MỤC=CỘT"),
    ("LANGUAGE", "NGÔN_NGỮ"),
    ("FINDING", "LOẠI"),
    ("POLICY", "QUY_ĐỊNH"),
    ("CONNECTION", "KẾT_NỐI"),
    ("FOLDER", "THƯ_MỤC"),
    ("FILE|NAME", "TỆP|TÊN"),
    ("PHOTO|TEXT", "ẢNH|NỘI_DUNG"),
    ("TRIES", "SỐ_LẦN"),
    ("PHOTO|TEXT", "ẢNH|NỘI_DUNG"),
];

/// The frame of a Vietnamese help text, as clap's own but for the word before the usage.
const FRAME: &str =
    "{before-help}{about-with-newline}\n{START}Cách dùng:{END} {usage}\n\n{all-args}{after-help}";

/// The command with every text in the chosen language.
pub(crate) fn in_language(mut command: Command) -> Command {
    // Only then clap's own options are there.
    command.build();
    let command = translated(command);
    if language::is_vietnamese() { command.after_help(exit::TABLE_VI) } else { command }
}

fn translated(command: Command) -> Command {
    let texts = [
        command.get_about(),
        command.get_long_about(),
        command.get_after_help(),
        command.get_after_long_help(),
    ];
    let [about, long, after, after_long] =
        texts.map(|text| text.map(|text| said(&text.to_string())));
    let mut command = command.mut_args(argument).mut_subcommands(translated);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    if let Some(after) = after_long {
        command = command.after_long_help(after);
    }
    if language::is_vietnamese() { framed(command) } else { command }
}

/// Ours has two halves; clap's own texts are known.
fn said(text: &str) -> String {
    let known = OF_CLAP.iter().find(|(english, _)| *english == text);
    known
        .map_or_else(|| choose(text), |(english, vietnamese)| one(*vietnamese, *english).to_owned())
}

fn argument(argument: Arg) -> Arg {
    let help = argument.get_help().map(|help| said(&help.to_string()));
    let long = argument.get_long_help().map(|help| said(&help.to_string()));
    let heading = argument.get_help_heading().map(choose);
    let argument = match heading {
        Some(heading) => argument.help_heading(heading),
        None if !language::is_vietnamese() => argument,
        None if argument.is_positional() => argument.help_heading("Tham số"),
        None => argument.help_heading("Tùy chọn"),
    };
    let Some(help) = help.or_else(|| long.clone()) else { return argument };
    if language::is_vietnamese() || language::is_english() {
        let long = long.unwrap_or_else(|| help.clone());
        return alone(argument, help, long);
    }
    let argument = argument.help(help);
    match long {
        Some(long) => argument.long_help(long),
        None => argument,
    }
}

/// An argument in one language. clap would list its values with the words of both.
fn alone(mut argument: Arg, mut help: String, mut long: String) -> Arg {
    let values = argument.get_possible_values();
    let shown: Vec<_> = values.iter().filter(|value| !value.is_hide_set()).collect();
    if !shown.is_empty() {
        let names: Vec<_> = shown.iter().map(|value| value.get_name()).collect();
        let names = names.join(", ");
        help = format!("{help} [{}: {names}]", one("giá trị", "possible values"));
        long = format!("{long}\n\n{}:", one("Các giá trị", "Possible values"));
        for value in shown {
            let words = value.get_help().map(|help| choose(&help.to_string())).unwrap_or_default();
            long = format!("{long}\n- {}: {words}", value.get_name());
        }
        argument = argument.hide_possible_values(true);
    }
    if language::is_vietnamese() {
        let takes = argument.get_action().takes_values();
        let default = argument.get_default_values().iter().map(|value| value.to_string_lossy());
        let default = default.collect::<Vec<_>>().join(" ");
        if takes && !default.is_empty() {
            help = format!("{help} [mặc định: {default}]");
            long = format!("{long}\n\n[mặc định: {default}]");
            argument = argument.hide_default_value(true);
        }
        let names = argument.get_value_names().unwrap_or_default();
        let names: Vec<String> = names.iter().map(|name| placeholder(name)).collect();
        if takes && !names.is_empty() {
            argument = argument.value_names(names);
        }
    }
    argument.help(help).long_help(long)
}

/// `ACCESS-BUFFER` and the like name parts of a value; they are explained beside it.
fn placeholder(name: &str) -> String {
    let known = PLACEHOLDERS.iter().find(|(english, _)| *english == name);
    known.map_or(name, |(_, vietnamese)| vietnamese).to_owned()
}

/// The Vietnamese frame.
fn framed(command: Command) -> Command {
    let mut command = command.subcommand_help_heading("Lệnh").subcommand_value_name("LỆNH");
    let style = *command.get_styles().get_usage();
    let frame = FRAME
        .replace("{START}", &style.render().to_string())
        .replace("{END}", &style.render_reset().to_string());
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace("[OPTIONS]", "[TÙY CHỌN]");
    command.help_template(frame).override_usage(usage)
}
