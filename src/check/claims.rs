//! Words that say of food or of a cosmetic that it heals. In most countries that makes it a medicine,
//! which needs a licence; the seller is who answers for it.
//!
//! Cautious on purpose: soap and cheese are "cured" by lying, sweets are "treats", and a text that
//! says that a thing heals nothing is what the law asks for. So only the names of illnesses and words
//! that mean nothing else count, and none in a sentence that denies.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use super::privacy::Word;

/// Illnesses, and what medicines alone do, in the languages of the interface; words in small letters,
/// as [`Word`] cuts them. Spanish shares some with English.
const CLAIMS: &[&[&str]] = &[
    // English
    &["cancer"],
    &["diabetes"],
    &["asthma"],
    &["arthritis"],
    &["rheumatism"],
    &["eczema"],
    &["psoriasis"],
    &["dermatitis"],
    &["migraine"],
    &["migraines"],
    &["insomnia"],
    &["depression"],
    &["fever"],
    &["disease"],
    &["diseases"],
    &["blood", "pressure"],
    &["lowers", "cholesterol"],
    &["heals"],
    &["healing"],
    &["medicinal"],
    &["therapeutic"],
    &["remedy"],
    &["painkiller"],
    &["pain", "relief"],
    &["relieves", "pain"],
    &["soothes", "pain"],
    &["cures", "wounds"],
    &["anti", "inflammatory"],
    &["antiinflammatory"],
    &["antiseptic"],
    &["immune", "system"],
    &["boosts", "immunity"],
    // Spanish
    &["cáncer"],
    &["asma"],
    &["artritis"],
    &["reumatismo"],
    &["eccema"],
    &["eczemas"],
    &["migraña"],
    &["migrañas"],
    &["insomnio"],
    &["depresión"],
    &["fiebre"],
    &["enfermedad"],
    &["enfermedades"],
    &["presión", "arterial"],
    &["baja", "el", "colesterol"],
    &["alivia", "el", "dolor"],
    &["alivia", "los", "dolores"],
    &["alivia", "dolores"],
    &["calma", "el", "dolor"],
    &["quita", "el", "dolor"],
    &["cura", "el", "dolor"],
    &["cura", "heridas"],
    &["cura", "las", "heridas"],
    &["cura", "las", "grietas"],
    &["cura", "la", "piel"],
    &["cicatriza"],
    &["cicatrizante"],
    &["curativo"],
    &["curativa"],
    &["curativas"],
    &["medicinales"],
    &["terapéutico"],
    &["terapéutica"],
    &["remedio"],
    &["antiinflamatorio"],
    &["antiinflamatoria"],
    &["antiséptico"],
    &["antiséptica"],
    &["sistema", "inmunológico"],
    // French
    &["diabète"],
    &["asthme"],
    &["arthrite"],
    &["arthrose"],
    &["rhumatisme"],
    &["rhumatismes"],
    &["eczéma"],
    &["insomnie"],
    &["dépression"],
    &["fièvre"],
    &["maladie"],
    &["maladies"],
    &["tension", "artérielle"],
    &["baisse", "le", "cholestérol"],
    &["guérit"],
    &["guérison"],
    &["curatif"],
    &["curative"],
    &["médicinal"],
    &["médicinale"],
    &["médicinales"],
    &["thérapeutique"],
    &["remède"],
    &["soulage", "la", "douleur"],
    &["soulage", "les", "douleurs"],
    &["calme", "la", "douleur"],
    &["apaise", "la", "douleur"],
    &["cicatrise"],
    &["cicatrisant"],
    &["cicatrisante"],
    &["anti", "inflammatoire"],
    &["antiseptique"],
    &["système", "immunitaire"],
    // Vietnamese
    &["ung", "thư"],
    &["tiểu", "đường"],
    &["hen", "suyễn"],
    &["viêm", "khớp"],
    &["viêm", "da"],
    &["thấp", "khớp"],
    &["vẩy", "nến"],
    &["mất", "ngủ"],
    &["trầm", "cảm"],
    &["hạ", "sốt"],
    &["huyết", "áp"],
    &["chữa", "bệnh"],
    &["trị", "bệnh"],
    &["điều", "trị"],
    &["giảm", "đau"],
    &["kháng", "viêm"],
    &["chống", "viêm"],
    &["sát", "trùng"],
    &["miễn", "dịch"],
    // Arabic, without the article
    &["سرطان"],
    &["سكري"],
    &["ربو"],
    &["روماتيزم"],
    &["أكزيما"],
    &["إكزيما"],
    &["صدفية"],
    &["صداع"],
    &["أرق"],
    &["اكتئاب"],
    &["حمى"],
    &["أمراض"],
    &["مرض"],
    &["ضغط", "دم"],
    &["شفاء"],
    &["يشفي"],
    &["تشفي"],
    &["يعالج"],
    &["تعالج"],
    &["علاج"],
    &["علاجي"],
    &["علاجية"],
    &["مسكن"],
    &["يخفف", "آلام"],
    &["مضاد", "التهاب"],
    &["مطهر"],
    &["مناعة"],
];

/// Words that deny, in the same languages.
const DENIALS: &[&str] = &[
    "not", "no", "never", "nor", "cannot", "doesn", "don", "isn", "without", "ni", "nunca", "sin",
    "pas", "sans", "aucun", "aucune", "jamais", "không", "chẳng", "chưa", "لا", "ليس", "ليست",
    "بدون", "لن",
];

/// The article of Arabic and what is written together with it.
const ARTICLES: &[&str] = &["وال", "بال", "لل", "ال"];

/// The claims that begin with a word.
static BY_FIRST: LazyLock<HashMap<&str, Vec<&[&str]>>> = LazyLock::new(|| {
    let mut by_first = HashMap::<&str, Vec<&[&str]>>::new();
    for claim in CLAIMS {
        by_first.entry(claim[0]).or_default().push(claim);
    }
    by_first
});

/// Where a text claims what only a medicine may.
pub(super) fn claims(text: &str, words: &[Word<'_>]) -> Vec<Range<usize>> {
    let folded: Vec<Cow<'_, str>> = words.iter().map(|word| composed(word.small())).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, word) in folded.iter().enumerate() {
        let begun = BY_FIRST.get(&**word).or_else(|| BY_FIRST.get(bare(word)));
        let fits = |claim: &&&[&str]| {
            let rest = folded.get(at + 1..at + claim.len());
            let is_word =
                |(word, wanted): (&Cow<'_, str>, &&str)| word == wanted || bare(word) == *wanted;
            rest.is_some_and(|rest| rest.iter().zip(&claim[1..]).all(is_word))
        };
        let Some(claim) = begun.into_iter().flatten().find(fits) else { continue };
        let range = words[at].range().start..words[at + claim.len() - 1].range().end;
        let is_denied = (at.saturating_sub(10)..at).any(|before| {
            DENIALS.contains(&&*folded[before])
                && is_one_sentence(&text[words[before].range().end..range.start])
        });
        if !is_denied {
            found.push(range);
        }
    }
    found
}

/// The word with its accents as one character each.
fn composed(word: &str) -> Cow<'_, str> {
    if word.is_ascii() { Cow::Borrowed(word) } else { Cow::Owned(word.nfc().collect()) }
}

/// The word without the article of Arabic.
fn bare(word: &str) -> &str {
    ARTICLES.iter().find_map(|article| word.strip_prefix(article)).unwrap_or(word)
}

fn is_one_sentence(between: &str) -> bool {
    !between.contains(['\n', '!', '?', '؟', ';', '؛']) && !between.contains(". ")
}
