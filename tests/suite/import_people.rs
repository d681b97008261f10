//! Members from a spreadsheet: each with what she wants public, and no byte more.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::support::{House, said};

/// What no output, and without being asked no file, may hold. One word each, so that no escape parts it.
const PRIVATE: [&str; 12] = [
    "Canarylegal",
    "Canarystreet",
    "Canaryvillage",
    "1961-07-09",
    "77665544X",
    "0034600112233",
    "600112233",
    "canarymail",
    "Canaryremark",
    "canaryportrait",
    "ES7921000813",
    "Canaryrefused",
];

const HEAD: &str = "member number;full name;public name;community;region;village;street;born;dni;phone;e-mail;whatsapp;iban;\
                    crafts;languages;photo;story;public;remarks\n";

fn site() -> House {
    let house = House::new();
    house.write(
        "site/site.toml",
        "name = \"The weavers\"\nkind = \"association\"\nbase_url = \"https://weavers.example/\"\nlanguages = [\"en\", \"es\"]\n\
         [order]\nemail = \"hello@weavers.example\"\n",
    );
    house
}

/// Two people: one wants most of it shown, one her name and region only.
fn table(ana: &str, luz: &str) -> String {
    format!(
        "\u{feff}{HEAD}\
         17;Ana Canarylegal;Ana of the upper valley;Reed people;Upper valley;Canaryvillage;Canarystreet 12;1961-07-09;77665544X;0034600112233;ana@canarymail.example;+34 611 222 333;ES7921000813;weaving, dyeing;Spanish;ana-canaryportrait.jpg;She weaves at dusk.;{ana};Canaryremark\n\
         18;Luz Canarylegal;Luz;;Lower valley;;;;;;;;;knitting;;;Canaryrefused story;{luz};\n"
    )
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

fn offenders(files: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let mut found = Vec::new();
    for (path, bytes) in files {
        for word in PRIVATE {
            if holds(bytes, word) || holds(path.to_string_lossy().as_bytes(), word) {
                found.push(format!("{word} in {}", path.display()));
            }
        }
    }
    found
}

const ALL: &str = "name, community, region, crafts, languages, photo, story, whatsapp";

#[test]
fn only_what_each_wants_public_reaches_any_byte() {
    let house = site();
    house.write("portraits/ana-canaryportrait.jpg", super::audience::photo(90, 30));
    house.write("members.csv", table(ALL, "name region"));
    let words = ["import", "people", "members.csv", "site", "--images", "portraits"];
    // "name region" has no comma: told, and nothing of it guessed.
    let told = house.expect(1, &words);
    assert!(told.contains("not the name of anything that could be public"), "{told}");
    assert!(!house.path("site/producers/luz.md").exists());

    house.write("members.csv", table(ALL, "name, region"));
    let told = house.expect(0, &words);
    let of_report = BTreeMap::from([(PathBuf::from("report"), told.clone().into_bytes())]);
    // The name of a file of hers is told when it is missing; here it was found.
    assert_eq!(offenders(&of_report), [""; 0], "what is private is not in the report: {told}");
    assert!(told.contains("Columns that are never public"), "{told}");
    let ana = house.text("site/producers/ana-of-the-upper-valley.md");
    for line in [
        "name = \"Ana of the upper valley\"",
        "place = \"Upper valley\"",
        "people = \"Reed people\"",
        "crafts = [\"weaving\", \"dyeing\"]",
        "speaks = [\"Spanish\"]",
        "photo = \"producers/ana-of-the-upper-valley.jpg\"",
        "whatsapp = \"+34 611 222 333\"",
        "She weaves at dusk.",
    ] {
        assert!(ana.contains(line), "{line} in\n{ana}");
    }
    let luz = house.text("site/producers/luz.md");
    assert!(luz.contains("Lower valley") && !luz.contains("knitting"), "{luz}");
    assert_eq!(offenders(&house.files("site")), [""; 0], "without being asked nothing is kept");

    // Kept if asked for, where nobody else reads it, and in no output.
    house.expect(0, &[&words[..], &["--keep-private"]].concat());
    let kept = house.text("site/private/people/ana-of-the-upper-valley.toml");
    assert!(
        kept.contains("legal_name = \"Ana Canarylegal\"") && kept.contains("Canaryremark"),
        "{kept}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = house.path("site/private/people/ana-of-the-upper-valley.toml");
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "for nobody else");
    }
    assert!(house.text("site/.gitignore").contains("/private/"));
    house.expect(0, &["build", "site", "-o", "public"]);
    house.expect(0, &["build", "site", "-o", "offline", "--offline"]);
    house.expect(0, &["publish", "site", "--to", "published"]);
    for folder in ["public", "offline", "published"] {
        let files = house.files(folder);
        assert!(files.len() > 5, "{folder}");
        assert_eq!(offenders(&files), [""; 0], "{folder}");
        assert!(
            files.values().any(|bytes| holds(bytes, "Reed people")),
            "{folder} has what is public"
        );
    }
}

#[test]
fn again_it_brings_up_to_date_keeps_what_was_edited_and_takes_out_what_is_not_wanted() {
    let house = site();
    house.write("portraits/ana-canaryportrait.jpg", super::audience::photo(90, 30));
    house.write("members.csv", table(ALL, "name, region"));
    let words = ["import", "people", "members.csv", "site", "--images", "portraits"];
    house.expect(0, &words);
    let told = house.expect(0, &words);
    assert!(told.contains("0 makers written, 0 brought up to date, 2 unchanged"), "{told}");

    // Edited by hand: a comment, a translation, the region; the table then changes the craft alone.
    let path = "site/producers/ana-of-the-upper-valley.md";
    let edited = house
        .text(path)
        .replace(
            "place = \"Upper valley\"",
            "# as she said herself\nplace = { en = \"The heights\", es = \"Las alturas\" } # mine",
        )
        .replace("She weaves at dusk.", "She weaves at dusk and at dawn.");
    house.write(path, &edited);
    house.write("members.csv", table(ALL, "name, region").replace("weaving, dyeing", "weaving"));
    let told = house.expect(0, &words);
    assert!(told.contains("1 brought up to date, 1 unchanged"), "{told}");
    let now = house.text(path);
    for part in [
        "# as she said herself",
        "es = \"Las alturas\" } # mine",
        "at dawn",
        "crafts = [\"weaving\"]",
    ] {
        assert!(now.contains(part), "{part} in\n{now}");
    }
    // Both changed: hers stays, and it is said; --replace takes the table's.
    let other = table(ALL, "name, region").replace("Upper valley;Canary", "Far valley;Canary");
    house.write("members.csv", other.replace("weaving, dyeing", "weaving"));
    let told = house.expect(0, &words);
    assert!(told.contains("edited by hand") && house.text(path).contains("The heights"), "{told}");
    house.expect(0, &[&words[..], &["--replace"]].concat());
    assert!(
        house.text(path).contains("en = \"Far valley\", es = \"Las alturas\""),
        "{}",
        house.text(path)
    );

    // She changes her mind: telephone and photograph go, also where somebody had edited them, and the copy of the picture.
    house.write(path, house.text(path).replace("+34 611 222 333", "+34 611 222 334"));
    house.write("members.csv", table("name, community, region, crafts", "name, region"));
    let told = house.expect(0, &words);
    let now = house.text(path);
    assert!(
        !now.contains("whatsapp") && !now.contains("photo =") && !now.contains("dusk"),
        "{now}"
    );
    assert!(now.contains("# as she said herself"), "{now}");
    assert!(told.contains("not public any more") && told.contains("whatsapp"), "{told}");
    assert!(!house.path("site/producers/ana-of-the-upper-valley.jpg").exists());

    // Nothing at all: her page is off at the next build, and her name with it. A new name later is the same person.
    house.write("members.csv", table("no", "name, region"));
    let told = house.expect(0, &words);
    assert!(told.contains("hide = true"), "{told}");
    house.expect(0, &["build", "site", "-o", "public"]);
    let files = house.files("public");
    assert!(!files.values().any(|bytes| holds(bytes, "Ana of the upper valley")));
    house.write(
        "members.csv",
        table("name", "name, region").replace(";Ana of the upper valley;", ";Anita;"),
    );
    let told = house.expect(0, &words);
    let now = house.text(path);
    assert!(now.contains("name = \"Anita\"") && !now.contains("hide"), "{now}\n{told}");
    assert!(!house.path("site/producers/anita.md").exists());

    // Whoever is in no table any more is named, and left.
    house.write(
        "members.csv",
        format!("{HEAD}18;Luz;Luz;;Lower valley;;;;;;;;;;;;;\"name, region\";\n"),
    );
    let told = house.expect(0, &words);
    assert!(told.contains("not in the table any more") && house.path(path).exists(), "{told}");
}

#[test]
fn a_name_in_full_is_nobodys_public_name_and_what_tells_too_much_is_left_out() {
    let house = site();
    // As a spreadsheet of Windows writes it: semicolons, Windows-1252, and one column for the name.
    let mut bytes = b"Name;Regi".to_vec();
    bytes.extend([0xf3]);
    bytes.extend(b"n;Phone\nMar");
    bytes.extend([0xed]);
    bytes.extend(b"a Canarylegal;North;+34600112233\n");
    house.write("members.csv", &bytes);
    let told = house.expect(1, &["import", "people", "members.csv", "site"]);
    assert!(told.contains("no name by which she wants to be known"), "{told}");
    assert!(told.contains("public name") && !told.contains("Canarylegal"), "{told}");
    assert!(!house.path("site/producers").exists());

    // A map, a column of yes and no, and cells that tell too much.
    house.write(
        "map.toml",
        "leave_out = [\"Notes\"]\n[columns]\nname = \"Known as\"\nlegal_name = [\"First\", \"Last\"]\nplace = \"Where\"\n\
         story = \"Tells\"\nphone = \"Mobile\"\n[public]\nphone = \"Mobile ok?\"\n",
    );
    house.write(
        "members.csv",
        "Known as,First,Last,Where,Tells,Mobile,Mobile ok?,Notes\n\
         Rosa,Rosa,Canarylegal,Canarystreet Street 12,Rosa Canarylegal began young.,+34 600 112 233,no,x\n\
         Sol,Sol,Other,North,She sings. Call 600 112 244!,+34 600 112 244,yes,x\n\
         Mar,Mar,Third,West,,600112255,yes,x\n\
         Eva,Eva,Fourth,East,,+34 600 112 266,perhaps,x\n",
    );
    let told = house.expect(1, &["import", "people", "members.csv", "site", "--map", "map.toml"]);
    let rosa = house.text("site/producers/rosa.md");
    assert_eq!(
        rosa, "+++\nname = \"Rosa\"\n+++\n",
        "neither the street, nor her name in full, nor the telephone"
    );
    assert!(
        told.contains("too exact a place") && told.contains("repeats her name in full"),
        "{told}"
    );
    let sol = house.text("site/producers/sol.md");
    assert!(sol.contains("phone = \"+34 600 112 244\"") && !sol.contains("sings"), "{sol}");
    assert!(
        told.contains("with + and the code of the country") && !told.contains("600112255"),
        "{told}"
    );
    assert!(!house.text("site/producers/mar.md").contains("phone"));
    assert!(
        told.contains("neither yes nor no")
            && !house.text("site/producers/eva.md").contains("phone")
    );

    // A map with mistakes is told with its lines, and nothing is written.
    house.write("map.toml", "[columns]\nname = \"Known as\"\n[public]\nstreet = \"Street ok\"\n");
    let before = house.files("site");
    let told = house.expect(1, &["import", "people", "members.csv", "site", "--map", "map.toml"]);
    assert!(told.contains("map.toml:4") && told.contains("`street` is never public"), "{told}");
    assert!(house.files("site") == before);

    // A dry run writes nothing; a table of products is no table of people.
    house.write("wares.csv", "title,price\nBowl,12\n");
    let told = house.expect(0, &["import", "people", "wares.csv", "site", "--dry-run"]);
    assert!(told.contains("no column for names") && house.files("site") == before, "{told}");
}

#[test]
fn what_git_would_give_away_is_not_put_into_the_folder() {
    let house = site();
    let git = |words: &[&str]| {
        let output = std::process::Command::new("git")
            .args(words)
            .current_dir(house.path("site"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
    };
    house.write("site/private/notes.txt", "x");
    git(&["init", "-q"]);
    git(&["add", "-f", "private/notes.txt"]);
    house.write("members.csv", table(ALL, "name"));
    let told = house.expect(2, &["import", "people", "members.csv", "site", "--keep-private"]);
    assert!(told.contains("git tracks private/notes.txt"), "{told}");
    assert!(!house.path("site/producers").exists() && !house.path("site/private/people").exists());
}
