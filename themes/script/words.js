// Words made comparable: what the program does for the index (src/render/search/fold.rs), done for what is typed.
// The program writes its own tables before this, as `selvedge.folding`.
(function (own) {
  "use strict";
  const table = own.folding;
  const WORD = /[\p{Alphabetic}\p{N}\p{M}]/u;
  const MARK = /\p{M}/u;
  const within = (ranges, code) => ranges.some((range) => code >= range[0] && code <= range[1]);

  // A text in the form in which texts are compared.
  own.fold = (text) => {
    if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
    let plain = "";
    for (const c of text.normalize("NFKD").toLowerCase()) {
      const code = c.codePointAt(0);
      if (code < 128) plain += c;
      else if (within(table.marks, code)) continue;
      else if (Object.prototype.hasOwnProperty.call(table.letters, c)) plain += table.letters[c];
      else {
        const zero = table.zeros.find((first) => code >= first && code < first + 10);
        if (zero !== undefined) plain += code - zero;
        else if (code >= table.katakana[0] && code <= table.katakana[1]) plain += String.fromCodePoint(code - table.katakana[2]);
        else plain += c;
      }
    }
    return plain.normalize("NFC");
  };

  // The letters of a word after its Arabic article; nothing if it has none or too few follow.
  own.withoutArticle = (word, fewest) => {
    const article = table.articles.find((each) => word.startsWith(each));
    const rest = article === undefined ? "" : word.slice(article.length);
    return Array.from(rest).length >= fewest ? rest : "";
  };

  // The words of a text: those of the index, or for a query (`typed`) only what has to be found.
  own.words = (text, typed) => {
    const out = [];
    let parts = [], run = "", pair = [];
    const spaced = (word) => {
      const short = Array.from(word).slice(0, table.longest).join("");
      out.push(short);
      const rest = typed ? "" : own.withoutArticle(short, table.afterArticle);
      if (rest) out.push(rest);
    };
    const endSpaced = () => {
      if (run) parts.push(run);
      parts.forEach(spaced);
      if (!typed && parts.length > 1) spaced(parts.join(""));
      parts = [];
      run = "";
    };
    const endUnspaced = () => {
      for (let at = 0; at + 1 < pair.length; at++) out.push(pair[at] + pair[at + 1]);
      // Each sign begins some word of the index; of a query a lone sign only is looked for.
      if (pair.length > 0 && (!typed || pair.length === 1)) out.push(pair[pair.length - 1]);
      pair = [];
    };
    for (const piece of text.split(/[\t\n\f\r ]+/)) {
      for (const c of own.fold(piece)) {
        const isJoiner = table.joiners.includes(c);
        const isWord = !isJoiner && WORD.test(c);
        if (isWord && pair.length > 0 && MARK.test(c)) pair[pair.length - 1] += c;
        else if (isWord && within(table.unspaced, c.codePointAt(0))) {
          endSpaced();
          pair.push(c);
        } else if (isWord) {
          endUnspaced();
          run += c;
        } else if (isJoiner && run) {
          parts.push(run);
          run = "";
        } else {
          endSpaced();
          endUnspaced();
        }
      }
      endSpaced();
      endUnspaced();
    }
    return out;
  };
})(window.selvedge);
