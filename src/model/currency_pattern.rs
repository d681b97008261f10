//! Where a language writes the sign of a currency: the place of `¤` in the standard currency pattern of CLDR 48.2
//! (`cldr-numbers-full`, the default digits of each locale). ICU4X has no stable formatter for amounts.

use super::locale::Locale;

/// Where the sign of the currency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `¤1`
    Before,
    /// `¤ 1`
    BeforeSpaced,
    /// `1¤`
    After,
    /// `1 ¤`
    AfterSpaced,
}

impl Pattern {
    /// Its name for scripts of pages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::BeforeSpaced => "before-spaced",
            Self::After => "after",
            Self::AfterSpaced => "after-spaced",
        }
    }

    /// That of a language: by its whole tag, else without the last part, and so on. Languages that CLDR does not know
    /// have the form of its root.
    pub(super) fn of(locale: &Locale) -> Self {
        let is_in = |list: &str, tag: &str| list.split(' ').any(|one| one == tag);
        let mut tag = locale.tag();
        loop {
            for (list, pattern) in TABLE {
                if is_in(list, tag) {
                    return pattern;
                }
            }
            match tag.rsplit_once('-') {
                Some((shorter, _)) => tag = shorter,
                None => return Self::BeforeSpaced,
            }
        }
    }
}

const TABLE: [(&str, Pattern); 4] = [
    (BEFORE, Pattern::Before),
    (BEFORE_SPACED, Pattern::BeforeSpaced),
    (AFTER, Pattern::After),
    (AFTER_SPACED, Pattern::AfterSpaced),
];

/// `¤1`
const BEFORE: &str = "af ak am bem bho bm ceb cgg chr cy dav doi dz ebu ee en fa fil ga gd gu guz gv haw hi id ig \
    ja jmc kam kde ki kl kln kn ko kok ks kw kxv lo luy mas mer ml mr ms mt mua naq nd nr nus \
    nyn om or pa pcm rm rof sa saq sg si sn so ss st su ta te teo th ti tn tok tr ug ur vai ve \
    vun xh xnr yo yue zh zu bn-IN es-419 es-BO es-BR es-BZ es-CL es-CR es-CU es-DO es-EC es-GQ \
    es-GT es-HN es-MX es-NI es-PA es-PR es-SV es-US es-VE mn-Mong-MN";

/// `¤ 1`, as the root has it: only those whose shorter tag has another.
const BEFORE_SPACED: &str = "az-Arab bm-Nkoo de-AT de-CH de-LI en-AT en-CH en-Dsrt en-MV en-NL en-Shaw es-AR es-CO es-PE \
    es-PY es-UY fa-AF ff-Adlm it-CH kk-Arab ks-Deva ku-Arab ms-Arab-BN ms-BN pa-Arab sd-Deva \
    ta-MY ta-SG uz-Arab zh-Latn";

/// `1¤`
const AFTER: &str = "agq bez bn ccp dje kab khq km ksb lg lu luo oc rn rwk sbp seh ses shi twq zgh";

/// `1 ¤`
const AFTER_SPACED: &str = "ar asa ast az ba bas be bg br bs bua ca ce ckb cs cv da de dsb dua dyo el eo es et eu ewo ff \
    fi fo fr gl gsw he hr hsb ht hu hy is it ka kea kk ksf ksh ku ky lb lij lld ln lt lv mk my \
    nb nds nmg nn no pl pms prg ro ru sah sc sd sdh se sk sl smn sq sr sv szl tg tk tpi tt tzm \
    uk uz vec vi vmw xog yav en-150 en-BE en-CZ en-DE en-DK en-EE en-ES en-FI en-FR en-GE en-HU \
    en-IT en-LT en-LV en-NO en-PL en-PT en-RO en-SE en-SI en-SK en-UA pt-AO pt-CH pt-CV pt-GQ \
    pt-GW pt-LU pt-MO pt-MZ pt-PT pt-ST pt-TL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_cldr_has_its_pattern() {
        let mut rows = 0;
        for row in include_str!("../../tests/vectors/cldr/currency-patterns.tsv").lines() {
            let (tag, expected) = row.split_once('\t').expect("two columns");
            let locale: Locale = tag.parse().unwrap_or_else(|_| panic!("{tag} is a tag"));
            assert_eq!(Pattern::of(&locale).name(), expected, "{tag}");
            rows += 1;
        }
        assert_eq!(rows, 765);
    }

    #[test]
    fn a_longer_tag_is_as_the_nearest_one_that_is_known() {
        for (tag, expected) in [
            ("zh-Hant-TW", Pattern::Before),
            ("pt-AO", Pattern::AfterSpaced),
            ("pt-BR", Pattern::BeforeSpaced),
            ("de-CH-1996", Pattern::BeforeSpaced),
            ("qaa", Pattern::BeforeSpaced),
        ] {
            assert_eq!(Pattern::of(&tag.parse().expect("a tag")), expected, "{tag}");
        }
    }
}
