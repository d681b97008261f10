// The printed short number of a brand, `LOOM ZZ-NOR D42 E2 017/100 K`: its check character (ISO 7064, MOD 37,36) and
// its reading; then its full identifier, `loom.example/zz/nor/d-42/e2/017`, and the alias by the register's first charter. What it says
// of them is what the program says; the cases of tests/vectors/own/brand.json and identifier.json hold both.
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

  // ---- the full identifier and the alias ----

  const LETTERS = 16, LONGEST = 400;
  const inGroups = (letters) => letters.replace(/(.{4})(?=.)/g, "$1-");
  const withoutEnd = (text) => text.split(/[?#]/)[0].replace(/\/index\.html$/, "").replace(/\/$/, "");

  // Design, edition and piece at the end of some parts, and the parts before them.
  const thingsOf = (parts) => {
    const before = [...parts];
    const taken = (form) => {
      const [, found] = before.length > 0 && form.exec(before.at(-1)) || [];
      if (found !== undefined) before.pop();
      return found ?? null;
    };
    const serial = taken(/^([0-9]+)$/), edition = taken(/^e-?([0-9]+)$/), design = taken(/^d-?([0-9]+)$/);
    // No group of a scope reads so.
    if (before.length > 0 && /^[de]-?[0-9]+$/.test(before.at(-1))) fail("form");
    if (edition === null && (design === null || serial !== null)) fail("form");
    const value = (part, digits) => {
      if (digits === null) return null;
      const plain = digits.replace(/^0+/, ""), number = Number(plain);
      return plain !== "" && plain.length <= 12 && number <= MOST ? number : fail({ value: part });
    };
    return { before, number: {
      brand: null, design: value("design", design), edition: value("edition", edition), serial: value("serial", serial), maximum: null,
    } };
  };

  // Reads a full identifier or an alias. Answers `{ address, number }` with the register's place and scope in small letters,
  // `{ letters, number }` with the 16 letters of its charter, or `{ fault }`: "form", { strange: character }, { length: how many
  // letters }, { value: part }. Any but "form" says that one was meant.
  const parseIdentifier = (typed) => {
    try {
      if ([...typed].length > LONGEST) fail("form");
      const text = typed.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())
        .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15));
      if (text.startsWith("key:")) {
        const rest = text.slice(4), stroke = rest.indexOf("/");
        const letters = (stroke < 0 ? rest : rest.slice(0, stroke)).replace(/[\s\-\u2010-\u2014]/g, "");
        const [strange] = [...letters.replace(/[a-z2-7]/g, "")];
        if (strange) fail({ strange });
        if (letters.length !== LETTERS) fail({ length: letters.length });
        const { before, number } = thingsOf(withoutEnd((stroke < 0 ? "" : rest.slice(stroke + 1)).replace(/\s/g, "")).split("/"));
        return before.length === 0 ? { letters, number } : fail("form");
      }
      const [scheme] = /^(?:https?:)?\/\//.exec(text) || [""];
      const parts = withoutEnd(text.slice(scheme.length)).split("/");
      // A short number has no host in front.
      const hasHost = scheme !== "" || /[.:]/.test(parts[0]) || parts[0] === "localhost";
      if (!hasHost || parts.some((part) => part === "" || /\s/.test(part))) fail("form");
      const { before, number } = thingsOf(parts);
      return before.length > 1 ? { address: before.join("/"), number } : fail("form");
    } catch (error) {
      if (error instanceof Fault) return { fault: error.fault };
      throw error;
    }
  };

  // As it is printed: in the register at `address`, or that of the charter with these letters.
  const printIdentifier = ({ address, letters, number }) => {
    const { design, edition, serial, maximum } = number;
    const digits = serial === null ? null : String(serial).padStart(maximum === null ? 0 : String(maximum).length, "0");
    const root = letters === undefined ? address : `key:${inGroups(letters)}`;
    return [root, design && `d-${design}`, edition && `e${edition}`, digits].filter(Boolean).join("/");
  };
  const placeOf = (place, { scope }) => `${place}/${scope.toLowerCase().replaceAll("-", "/")}`;

  Object.assign(own, { checkCharacter, numberParts: PARTS, parseIdentifier, parseNumber, placeOf, printIdentifier, printNumber });
})(window.selvedge = window.selvedge || {});
