// Numbers, amounts, and words in the plural form of a number, as the program writes them (src/model/money.rs, src/theme/words.rs).
(function (own) {
  "use strict";

  // A number with `digits` digits after the point, given in units of the last of them. `trims`: zeros at the end go.
  own.number = (style, units, digits, trims) => {
    let text = String(units).padStart(digits + 1, "0");
    let fraction = digits > 0 ? text.slice(-digits) : "";
    let whole = digits > 0 ? text.slice(0, -digits) : text;
    if (trims) fraction = fraction.replace(/0+$/, "");
    const [last, others] = style.groups;
    if (style.group !== "" && last > 0 && whole.length >= last + style.least_grouped) {
      const parts = [whole.slice(-last)];
      whole = whole.slice(0, -last);
      for (; whole.length > others; whole = whole.slice(0, -others)) parts.unshift(whole.slice(-others));
      if (whole !== "") parts.unshift(whole);
      whole = parts.join(style.group);
    }
    const zero = Array.from(style.digits);
    const local = (part) => part.replace(/[0-9]/g, (digit) => zero[Number(digit)]);
    // What groups digits is no digit, so it stays.
    return local(whole) + (fraction === "" ? "" : style.decimal + local(fraction));
  };

  // An amount as the pages write it. `currencies` has for each code its digits and its sign.
  own.money = (style, currencies, minor, code) => {
    const [digits, sign] = currencies[code] || [2, code];
    const number = own.number(style, minor, digits, minor % Math.pow(10, digits) === 0);
    const amount = style.pattern === "before" ? sign + (/\p{Alphabetic}$/u.test(sign) ? "\u00a0" : "") + number
      : style.pattern === "before-spaced" ? sign + "\u00a0" + number
        : style.pattern === "after" && !/^\p{Alphabetic}/u.test(sign) ? number + sign : number + "\u00a0" + sign;
    // Held together from right to left, so that the amounts of a range do not change places.
    return style.is_right_to_left ? "\u2067" + amount + "\u2069" : amount;
  };

  // The plural form that a language has for a number; `other` if the browser does not know the language.
  const rules = new Map();
  own.plural = (lang, number) => {
    if (!rules.has(lang)) {
      const isKnown = typeof Intl === "object" && Intl.PluralRules && Intl.PluralRules.supportedLocalesOf([lang]).length > 0;
      rules.set(lang, isKnown ? new Intl.PluralRules(lang) : null);
    }
    const known = rules.get(lang);
    return known ? known.select(number) : "other";
  };

  // A word with its values. A word with plural forms takes that of `number`; one that is in English for want of another
  // says so in `lang`.
  own.say = (word, values, number) => {
    let text = word;
    if (typeof word === "object") {
      const form = number === undefined ? "other" : own.plural(word.lang || document.documentElement.lang, number);
      text = word[form] !== undefined ? word[form] : word.other;
    }
    return text.replace(/\{([a-z]+)\}/g,
      (all, key) => (values && Object.prototype.hasOwnProperty.call(values, key) ? String(values[key]) : all));
  };
})(window.selvedge = window.selvedge || {});
