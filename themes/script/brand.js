// The printed short number of a brand, `LOOM ZZ-NOR D42 E2 017/100 K`: its check character (ISO 7064, MOD 37,36) and
// its reading. What it says of a number is what the program says; the cases of tests/vectors/own/brand.json hold both.
((own) => {
  "use strict";

  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const MOST = 999999999999;
  const PARTS = ["code", "scope", "design", "edition", "serial", "maximum"];

  // Null for a text that is empty or has other characters.
  const checkCharacter = (text) => {
    if (!/^[0-9A-Z]+$/.test(text)) return null;
    let product = 36;
    for (const letter of text) product = ((product + ALPHABET.indexOf(letter)) % 36 || 36) * 2 % 37;
    return ALPHABET[(37 - product) % 36];
  };

  class Fault extends Error {
    constructor(fault) { super("this is no number"); this.fault = fault; }
  }
  const fail = (fault) => { throw new Fault(fault); };

  // Letters that are taken for digits, as digits; null if there are others.
  const digits = (text) => /^[0-9OIL]+$/.test(text) ? text.replaceAll("O", "0").replace(/[IL]/g, "1") : null;
  const readsAsNumber = (token) => {
    const found = /^[DE]/.test(token) ? digits(token.slice(1)) : null;
    return found !== null && found[0] !== "0";
  };
  const letters = (text) => text.replaceAll("0", "O").replaceAll("1", "I");
  const group = (text) => /[^0-9OI]/.test(text) ? letters(text) : text.replaceAll("O", "0").replaceAll("I", "1");

  // Code and scope of a brand as groups; null if they cannot stand in a number.
  const brandOf = (code, scope) => {
    const groups = scope.map(group);
    if (!/^[A-Z]{2,12}$/.test(code) || readsAsNumber(code)) fail({ value: "code" });
    if (groups.length === 0) fail("form");
    const fits = groups.length <= 4 && groups.every((one) =>
      (/^[0-9]{1,12}$/.test(one) || /^[A-Z]{2,12}$/.test(one)) && !readsAsNumber(one));
    if (!fits) fail({ value: "scope" });
    return { code, scope: groups.join("-") };
  };
  const isSame = (one, two) => Boolean(one && two) && one.code === two.code && one.scope === two.scope;
  const joined = (scope) => scope.replaceAll("-", "");

  const partsOf = ({ brand, design, edition, serial, maximum }) => {
    const parts = [];
    const add = (part, text) => { if (text !== null) parts.push([part, text]); };
    add("code", brand ? brand.code : null);
    add("scope", brand ? joined(brand.scope) : null);
    add("design", design === null ? null : `D${design}`);
    add("edition", edition === null ? null : `E${edition}`);
    add("serial", serial === null ? null : String(serial).padStart(maximum === null ? 0 : String(maximum).length, "0"));
    add("maximum", maximum === null || serial === null ? null : String(maximum));
    return parts;
  };
  const checkOf = (number) => checkCharacter(partsOf(number).map(([, text]) => text).join(""));

  // Capitals, digits, strokes, and one space for whatever else sets parts apart.
  const plain = (typed) => {
    let text = "";
    for (const letter of typed.trim()) {
      const code = letter.codePointAt(0);
      // Digits as they are typed where Arabic or Persian is written.
      const isOther = code >= 0x660 && code <= 0x669 || code >= 0x6f0 && code <= 0x6f9;
      const one = isOther ? String(code & 15) : /[a-z]/.test(letter) ? letter.toUpperCase() : letter;
      if (/[A-Z0-9\/]/.test(one)) text += one;
      else if (/[\s\-\u2010-\u2014_.,:#·]/u.test(one)) text += text.endsWith(" ") ? "" : " ";
      else fail({ strange: letter });
      if (text.length > 120) fail("form");
    }
    return text.trim();
  };

  // What stands behind code and scope of a brand; null if the text does not begin with them.
  const withoutBrand = (text, { code, scope }) => {
    let at = 0;
    for (const expected of letters(code + joined(scope))) {
      while (text[at] === " ") at += 1;
      if (at >= text.length || letters(text[at]) !== expected) return null;
      at += 1;
    }
    return text.slice(at);
  };

  const anyBrand = (text) => {
    const tokens = text.split(" ").filter(Boolean);
    const first = tokens.findIndex((token, at) => {
      const next = tokens[at + 1] && digits(tokens[at + 1].split("/")[0]);
      return readsAsNumber(token.split("/")[0]) || /^[DE]$/.test(token) && next && next[0] !== "0";
    });
    if (first < 0) fail("form");
    const rest = tokens.slice(first).join(" ");
    const [code, ...scope] = tokens.slice(0, first);
    return [code === undefined ? null : brandOf(letters(code), scope), rest];
  };

  const readRest = (brand, rest) => {
    const stroke = rest.indexOf("/");
    let text = (stroke < 0 ? rest : rest.slice(0, stroke)).trim();
    const numbered = (letter) => {
      if (text[0] !== letter) return null;
      const [whole, run] = /^. *([0-9OIL]*) */.exec(text);
      text = text.slice(whole.length);
      return digits(run) ?? fail("form");
    };
    const design = numbered("D");
    let edition = numbered("E");
    if (design === null && edition === null) fail("form");
    const read = (token) => digits(token) ?? fail("form");
    const [first, second, ...more] = text.split(" ").filter(Boolean);
    let serial = first === undefined ? null : read(first);
    let maximum = stroke < 0 ? null : read(rest.slice(stroke + 1).trim());
    if (second !== undefined) {
      // A space where the stroke was.
      if (maximum !== null) fail("form");
      maximum = read(second);
    }
    if (edition !== null && serial === null && maximum !== null) {
      // Edition and piece run together: the piece is as long as the maximum.
      const at = edition.length - maximum.length;
      if (at <= 0) fail("form");
      [edition, serial] = [edition.slice(0, at), edition.slice(at)];
    }
    if (more.length > 0 || edition === null && serial !== null) fail("form");
    const value = (part, digits, mayBeginWith0) => {
      if (digits === null) return null;
      const number = Number(digits);
      return number >= 1 && number <= MOST && (mayBeginWith0 || digits[0] !== "0") ? number : fail({ value: part });
    };
    return {
      brand, design: value("design", design), edition: value("edition", edition),
      serial: value("serial", serial, true), maximum: value("maximum", maximum),
    };
  };

  // The parts in which one wrong character, or a swap of neighbours, explains a check character that does not fit.
  const suspects = (number, check, expected) => {
    const parts = partsOf(number);
    const { brand } = number;
    if (expected && brand && !isSame(brand, expected) && checkOf({ ...number, brand: expected }) === check) {
      return ["code", "scope"].filter((part) => brand[part] !== expected[part]);
    }
    const isPossible = (part, text) => {
      const value = Number(text);
      if (part === "design" || part === "edition") return text[1] !== "0";
      if (part === "serial") return value > 0 && (number.maximum === null || value <= number.maximum);
      if (part === "maximum") return text[0] !== "0" && (number.serial === null || number.serial <= value);
      return true;
    };
    const found = [];
    parts.forEach(([part, text], at) => {
      if (isSame(brand, expected) && (part === "code" || part === "scope")) return;
      const changed = [];
      for (let place = part === "design" || part === "edition" ? 1 : 0; place < text.length; place++) {
        const before = text.slice(0, place), isDigit = (letter) => /[0-9]/.test(letter);
        for (const other of ALPHABET) {
          if (isDigit(other) === isDigit(text[place])) changed.push(before + other + text.slice(place + 1));
        }
        if (place + 1 < text.length) changed.push(before + text[place + 1] + text[place] + text.slice(place + 2));
      }
      const fits = (bent) => isPossible(part, bent) &&
        checkCharacter(parts.map(([, text], other) => other === at ? bent : text).join("")) === check;
      if (changed.some(fits)) found.push(part);
    });
    return found.length > 0 ? found : ["check"];
  };

  const LOOKS_ALIKE = ["O0", "0O", "I1", "1I"];

  // Reads a typed number; `expected` is the brand whose number it should be, `{ code, scope }` or null.
  // Answers `{ number }`, whose members are null where the number has no such part, or `{ fault }`: "form", "beyond",
  // "otherBrand", { strange: character }, { value: part }, { check: parts }, { lookAlike: character }.
  const parseNumber = (typed, expected = null) => {
    try {
      let text = plain(typed);
      const check = text.slice(-1);
      if (check === "" || check === "/") fail("form");
      text = text.slice(0, -1);
      const rest = expected && withoutBrand(text, expected);
      const number = rest === null ? readRest(...anyBrand(text)) : readRest(expected, rest);
      if (check === checkOf(number)) {
        if (number.serial !== null && number.maximum !== null && number.serial > number.maximum) fail("beyond");
        if (expected && !isSame(number.brand, expected)) fail("otherBrand");
        return { number };
      }
      if (LOOKS_ALIKE.includes(check + checkOf(number))) fail({ lookAlike: checkOf(number) });
      return fail({ check: suspects(number, check, expected) });
    } catch (error) {
      if (error instanceof Fault) return { fault: error.fault };
      throw error;
    }
  };

  // As it is printed, with its check character.
  const printNumber = (number) => {
    const parts = new Map(partsOf(number));
    const { brand } = number;
    const front = brand ? [brand.code, brand.scope] : [];
    const serial = parts.has("maximum") ? `${parts.get("serial")}/${parts.get("maximum")}` : parts.get("serial");
    return [...front, parts.get("design"), parts.get("edition"), serial, checkOf(number)].filter(Boolean).join(" ");
  };

  Object.assign(own, { checkCharacter, numberParts: PARTS, parseNumber, printNumber });
})(window.selvedge = window.selvedge || {});
