// Finds products: loads the data of the search as needed (src/render/search), ranks and counts.
(function (own) {
  "use strict";
  const FORM = 2;
  const loading = new Map();
  const loaded = new Map();

  // The data scripts call this.
  own.put = (name, value) => { loaded.set(name, value); };

  // A data script by its name, asked for once; a classic script, so that it loads from a folder too.
  const load = (up, name, version) => {
    if (!loading.has(name)) {
      loading.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        const fail = () => {
          loading.delete(name);
          failed(new Error(name));
        };
        script.onload = () => {
          script.remove();
          if (loaded.has(name)) done(loaded.get(name));
          else fail();
        };
        script.onerror = fail;
        script.src = up + "search/" + name + ".js" + (version ? "?v=" + version : "");
        document.head.append(script);
      }));
    }
    return loading.get(name);
  };

  // Reads the numbers of a text one after the other (src/render/search/encode.rs).
  const reader = (text) => {
    let at = 0;
    return () => {
      for (let value = 0; ;) {
        const code = text.charCodeAt(at++);
        const symbol = code - (code > 92 ? 36 : 35);
        if (!(symbol >= 64)) return value * 64 + symbol;
        value = value * 27 + symbol - 63;
      }
    };
  };

  // Sorted words with their products.
  const unpackWords = (packed) => {
    const words = [], starts = [0], places = [];
    const next = reader(packed.p);
    let before = "";
    for (const entry of packed.v.split(" ")) {
      if (!entry) continue;
      const code = entry.charCodeAt(0);
      before = before.slice(0, code - (code > 92 ? 36 : 35)) + entry.slice(1);
      words.push(before);
      for (let left = next(), from = 0; left > 0; left--) {
        from += next();
        places.push(from++);
      }
      starts.push(places.length);
    }
    return { words, starts, places };
  };

  // Calls `found(word, from, to)` for each word that begins so; its products stand at from..to of `places`.
  const beginning = (list, prefix, found) => {
    let low = 0, high = list.words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list.words[middle] < prefix) low = middle + 1;
      else high = middle;
    }
    for (; low < list.words.length && list.words[low].startsWith(prefix); low++) {
      found(list.words[low], list.starts[low], list.starts[low + 1]);
    }
  };

  // How many letters differ, are too many, missing or swapped; more than `most` is not told exactly.
  const distance = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let older = [], old = [];
    for (let y = 0; y <= b.length; y++) old.push(y);
    for (let x = 1; x <= a.length; x++) {
      const row = [x];
      let least = x;
      for (let y = 1; y <= b.length; y++) {
        let cost = Math.min(old[y] + 1, row[y - 1] + 1, old[y - 1] + (a[x - 1] === b[y - 1] ? 0 : 1));
        if (x > 1 && y > 1 && a[x - 1] === b[y - 2] && a[x - 2] === b[y - 1]) cost = Math.min(cost, older[y - 2] + 1);
        row.push(cost);
        least = Math.min(least, cost);
      }
      if (least > most) return most + 1;
      older = old;
      old = row;
    }
    return old[b.length];
  };

  // Points for a word of the query, as the whole of a word and as its beginning.
  const IN_NAME = [12, 8], IN_TERM = [6, 4], IN_TEXT = [3, 2];
  // A word that stands in most texts.
  const COMMON = 1;
  const MOST_WORDS = 12;

  // Other forms of a word that count nearly as much.
  const forms = (word) => {
    const out = [word];
    const bare = own.withoutArticle(word, 2);
    if (bare) out.push(bare);
    if (/^[a-z]{4,}s$/.test(word)) out.push(word.slice(0, -1));
    if (/^[a-z]{4,}es$/.test(word)) out.push(word.slice(0, -2));
    return out;
  };

  // Loads where the search in a language begins; answers what finds, chooses and shows.
  own.openSearch = async (up, tag) => {
    const [root, columns] = await Promise.all([load(up, tag), load(up, "products")]);
    if (root.form !== FORM || columns.form !== FORM) throw new Error("another form of data");
    const count = columns.count;
    const names = unpackWords(root.names);
    const common = new Set(root.common);
    const stretches = root.stretches
      .map((stretch, number) => ({ first: stretch[0], version: stretch[1], number }))
      .filter((stretch) => stretch.first !== "");

    // For each facet the terms of each product, one list after the other.
    const facets = root.facets.map((facet, number) => {
      const next = reader(columns.facets[number].terms);
      const terms = [], starts = [0], totals = new Array(facet.terms.length).fill(0);
      for (let place = 0; place < count; place++) {
        for (let value = next(); value > 0; value = next()) {
          const term = (value - 1) >> 1;
          terms.push(term);
          totals[term]++;
          if (((value - 1) & 1) === 0) break;
        }
        starts.push(terms.length);
      }
      const words = facet.terms.map((term) => own.words(term[1], false));
      const order = facet.order || facet.terms.map((_, at) => at);
      return { key: facet.key, name: facet.name, values: facet.terms, words, terms, starts, totals, order };
    });

    const low = new Float64Array(count).fill(-1), high = new Float64Array(count).fill(-1);
    if (columns.prices) {
      const next = reader(columns.prices.amounts);
      for (let place = 0; place < count; place++) {
        const lowest = next();
        if (lowest === 0) continue;
        low[place] = (lowest - 1) * columns.prices.step;
        high[place] = low[place] + next() * columns.prices.step;
      }
    }
    const ready = new Float64Array(count), most = new Float64Array(count);
    const supply = reader(columns.supply);
    for (let place = 0; place < count; place++) {
      ready[place] = supply();
      const value = supply();
      most[place] = value === 0 ? Infinity : value === 1 ? ready[place] : value - 2;
    }

    // The stretches of the alphabet in which words that begin so may stand.
    const stretchesOf = (prefix) => {
      const found = stretches.filter((stretch, at) =>
        (stretch.first < prefix || stretch.first.startsWith(prefix)) &&
        (at + 1 === stretches.length || stretches[at + 1].first >= prefix));
      return Promise.all(found.map(async (stretch) => {
        const packed = await load(up, tag + "/w" + stretch.number, stretch.version);
        stretch.list = stretch.list || unpackWords(packed);
        return stretch.list;
      }));
    };
    const isUnspaced = (word) => own.folding.unspaced.some((range) => word.codePointAt(0) >= range[0] && word.codePointAt(0) <= range[1]);

    // The lists of words of texts for each form of a word. One letter of the alphabet stands in every text.
    const listsOf = (word) =>
      word.length > 1 || isUnspaced(word) ? Promise.all(forms(word).map(stretchesOf)) : Promise.resolve([]);

    // Points of each product for one word; nothing if there are none.
    const points = async (word) => {
      const scores = new Float32Array(count);
      let any = false;
      const give = (place, score) => {
        any = true;
        if (scores[place] < score) scores[place] = score;
      };
      const lists = await listsOf(word);
      forms(word).forEach((form, at) => {
        const weigh = (score) => at === 0 ? score : score * .9;
        const from = (list, pair) => beginning(list, form, (whole, start, end) => {
          const score = weigh(pair[whole === form ? 0 : 1]);
          for (let each = start; each < end; each++) give(list.places[each], score);
        });
        from(names, IN_NAME);
        (lists[at] || []).forEach((list) => from(list, IN_TEXT));
        for (const facet of facets) {
          const scored = facet.words.map((words) => words.includes(form) ? weigh(IN_TERM[0])
            : words.some((each) => each.startsWith(form)) ? weigh(IN_TERM[1]) : 0);
          if (!scored.some(Boolean)) continue;
          for (let place = 0; place < count; place++) {
            for (let each = facet.starts[place]; each < facet.starts[place + 1]; each++) {
              if (scored[facet.terms[each]] > 0) give(place, scored[facet.terms[each]]);
            }
          }
        }
      });
      if (common.has(word)) for (let place = 0; place < count; place++) give(place, COMMON);
      return any ? scores : null;
    };

    // The word of the shop that is nearest to one that nothing has.
    const nearest = async (word) => {
      if (word.length < 4 || isUnspaced(word)) return null;
      const allowed = word.length < 8 ? 1 : 2;
      let best = null, least = allowed + 1, often = 0;
      const look = (known, times) => {
        let far = distance(word, known, allowed);
        // A longer word that begins nearly so is as near as one slip.
        if (far > 1 && word.length > 4 && known.length > word.length && distance(word, known.slice(0, word.length), 1) <= 1) far = 1;
        if (far < least || (far === least && far <= allowed && times > often)) [best, least, often] = [known, far, times];
      };
      const all = (list) => list.words.forEach((known, at) => look(known, list.starts[at + 1] - list.starts[at]));
      all(names);
      facets.forEach((facet) => facet.words.forEach((words, at) => words.forEach((known) => look(known, facet.totals[at]))));
      (await stretchesOf(word.slice(0, 3))).forEach(all);
      return least <= allowed ? best : null;
    };

    const everything = Array.from({ length: count }, (_, place) => place);

    // Finds what is typed; answers the products, best first, and what was done with words that nothing has.
    const find = async (typed) => {
      const words = Array.from(new Set(own.words(typed, true))).slice(0, MOST_WORDS);
      const instead = [], without = [];
      // All that the words need is asked for at once.
      await Promise.all(words.map(listsOf));
      let total = null;
      for (const word of words) {
        let scores = await points(word);
        if (!scores) {
          const near = await nearest(word);
          scores = near && await points(near);
          if (scores) instead.push(near);
          else without.push(word);
        }
        if (!scores) continue;
        if (total) for (let place = 0; place < count; place++) total[place] = total[place] > 0 && scores[place] > 0 ? total[place] + scores[place] : 0;
        else total = scores;
      }
      if (!total) {
        // Signs only are no question; words that nothing has are one without an answer.
        return { places: words.length > 0 || typed.trim() ? [] : everything, instead, without: [], ranked: false };
      }
      const places = everything.filter((place) => total[place] > 0);
      places.sort((a, b) => total[b] - total[a] || a - b);
      return { places, instead, without, ranked: true };
    };

    // Keeps what fits the choice; counts for each term how many there were with it.
    const choose = (found, choice) => {
      const wanted = facets.map((facet) => {
        const ids = choice.picks[facet.key] || [];
        const set = new Set(facet.values.map((value, at) => ids.includes(value[0]) ? at : -1).filter((at) => at >= 0));
        return ids.length > 0 ? set : null;
      });
      const counts = facets.map((facet) => new Array(facet.values.length).fill(0));
      const places = [];
      for (const place of found.places) {
        if (choice.from !== null && !(high[place] >= choice.from)) continue;
        if (choice.to !== null && !(low[place] >= 0 && low[place] <= choice.to)) continue;
        if (choice.now && ready[place] < Math.max(1, choice.need || 1)) continue;
        if (choice.need && most[place] < choice.need) continue;
        let failed = -1, fails = 0;
        for (let at = 0; at < facets.length && fails < 2; at++) {
          if (!wanted[at]) continue;
          const { terms, starts } = facets[at];
          let has = false;
          for (let each = starts[place]; each < starts[place + 1]; each++) if (wanted[at].has(terms[each])) has = true;
          if (!has) {
            failed = at;
            fails++;
          }
        }
        if (fails > 1) continue;
        if (fails === 0) places.push(place);
        facets.forEach((facet, at) => {
          // A facet's own choice does not lessen what else it offers.
          if (fails === 1 && at !== failed) return;
          for (let each = facet.starts[place]; each < facet.starts[place + 1]; each++) counts[at][facet.terms[each]]++;
        });
      }
      if (choice.sort === "new") places.sort((a, b) => a - b);
      const priced = (place) => low[place] >= 0;
      if (choice.sort === "low") places.sort((a, b) => priced(b) - priced(a) || low[a] - low[b] || a - b);
      if (choice.sort === "high") places.sort((a, b) => priced(b) - priced(a) || high[b] - high[a] || a - b);
      return { places, counts };
    };

    // The cards of products, loading what is not there yet.
    const cards = async (places) => {
      const chunks = Array.from(new Set(places.map((place) => Math.floor(place / root.chunk))));
      const texts = new Map();
      await Promise.all(chunks.map(async (chunk) =>
        texts.set(chunk, await load(up, tag + "/c" + chunk, root.cards[chunk]))));
      return places.map((place) =>
        texts.get(Math.floor(place / root.chunk))[place % root.chunk].split("\u0001").join(up));
    };

    const words = new Map(root.words);
    const word = (name, values, number) => own.say(words.get(name) || name, values, number);
    // Whole numbers as the pages write them.
    const written = (number) => own.number(root.style, Math.round(number), 0);
    const told = Array.from(low).filter((amount) => amount >= 0);
    const prices = columns.prices && {
      currency: columns.prices.currency,
      sign: columns.prices.sign,
      unit: Math.pow(10, columns.prices.exponent),
      lowest: told.reduce((a, b) => Math.min(a, b), Infinity),
      highest: high.reduce((a, b) => Math.max(a, b), -1),
    };
    // An amount that was typed, in units of the currency, as the pages write amounts.
    const money = (value) => own.money(root.style, { [prices.currency]: [columns.prices.exponent, prices.sign] },
      Math.round(value * prices.unit), prices.currency);
    const hasSupply = ready.some((number) => number > 0);
    return { facets, prices, hasSupply, count, find, choose, cards, word, written, money };
  };
})(window.selvedge);
