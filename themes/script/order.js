// The page of the list: looks up what is on it, reckons shipping and total, and makes the order ready to send.
// Texts of the shop go onto the page as text only, never as HTML.
(function (own) {
  "use strict";
  const page = document.querySelector("[data-order]");
  const block = document.getElementById("order-data");
  if (!page || !block || !own.list) return;
  const data = JSON.parse(block.textContent);
  const list = own.list;

  // ---- words and elements ----

  const word = (name, values, number) => own.say(data.words[name] || name, values, number);
  const number = (count) => own.number(data.money, count, 0);
  // A sentence that counts: `key` is its place for the number.
  const counted = (name, key, count) => word(name, { [key]: number(count) }, count);
  const labelled = (label, value) => word("label_value", { label, value });
  const textOf = (phrase) => (Array.isArray(phrase) ? phrase[0] : phrase);
  const make = (name, values, ...inside) => {
    const element = document.createElement(name);
    for (const key of Object.keys(values || {})) {
      const value = values[key];
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
    }
    element.append(...inside.filter((each) => each !== null && each !== undefined && each !== ""));
    return element;
  };
  const phrase = (value) => (Array.isArray(value) ? make("span", { lang: value[1], dir: value[2] }, value[0]) : value);
  const money = (minor, code) => own.money(data.money, data.currencies, minor, code);
  const range = (low, high, code) => (low === high ? money(low, code)
    : word("price_range", { low: money(low, code), high: money(high, code) }));
  const weightText = (grams) => (grams < 1000
    ? word("grams", { count: own.number(data.money, grams, 0, true) })
    : word("kilograms", { count: own.number(data.money, grams, 3, true) })).replace(/ /g, "\u00a0");

  // ---- looking up ----

  const buckets = new Map();
  const goods = new Map(), makers = new Map();
  own.goods = (number, found) => {
    buckets.set(number, "there");
    for (const id of Object.keys(found.products)) goods.set(id, found.products[id]);
    for (const id of Object.keys(found.makers)) makers.set(id, found.makers[id]);
  };
  // FNV-1a with 32 bits, as src/render/basket.rs.
  const bucketOf = (id) => {
    let hash = 0x811c9dc5;
    for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
    return hash % data.buckets;
  };
  const load = (number) => new Promise((done) => {
    buckets.set(number, "asked");
    const script = document.createElement("script");
    const end = () => {
      script.remove();
      if (buckets.get(number) !== "there") buckets.set(number, "failed");
      done();
    };
    script.onload = end;
    script.onerror = end;
    script.src = data.up + "goods/" + data.lang + "/" + number + ".js" + (data.version ? "?v=" + data.version : "");
    document.head.append(script);
  });
  const look = () => {
    const wanted = new Set(list.get().lines.map((line) => bucketOf(line.id)));
    const missing = [...wanted].filter((number) => !buckets.has(number));
    return missing.length > 0 ? Promise.all(missing.map(load)) : null;
  };

  // ---- reckoning ----

  const pad = (number) => String(number).padStart(2, "0");
  const today = () => {
    const now = new Date();
    return [now.getFullYear(), pad(now.getMonth() + 1), pad(now.getDate())].join("-");
  };
  const stopFor = (product, country) => (product.stops || []).find((stop) => (stop.to !== undefined
    ? stop.to.split(" ").includes(country) : !stop.except.split(" ").includes(country)));
  const pooledName = ({ name, date }) => word("order_pooled", { name: textOf(name), date });
  const place = () => {
    const to = list.get().to;
    if (to === "") return null;
    if (to[0] === "@") {
      const zone = data.zones[Number(to.slice(1))];
      return zone && zone.pickup ? { zone, country: null, name: word("order_fetch", { name: textOf(zone.name) }) } : null;
    }
    if (to[0] === "!") {
      const pooled = data.pooled.find(({ key, closes }) => key === to && closes >= today());
      return pooled ? { zone: pooled, pooled: true, country: pooled.country, name: pooledName(pooled) } : null;
    }
    const known = data.countries.find(([code]) => code === to);
    return known ? { zone: own.zone(data.zones, to), country: to, name: known[1] } : null;
  };

  // A service goes in no parcel, and what stops it does so everywhere.
  const isParcel = (found) => !found.product.service;

  // A line with what is known of it; `problem` says why it is no part of the order, `notice` what should change.
  const resolve = (line) => {
    const product = goods.get(line.id);
    if (!product) return { line, problem: word("gone_from_shop") };
    const choice = product.choices[line.of];
    if (!choice) return { line, product, problem: word("choice_gone") };
    const all = list.countOf(line.id);
    const others = product.most_together === undefined ? Infinity : product.most_together - (all - line.count);
    const most = Math.max(Math.min(choice.most === undefined ? Infinity : choice.most, others), 0);
    if (most === 0) return { line, product, choice, most, problem: word("sold_out") };
    const least = product.least || 1;
    const ready = Object.values(product.choices).reduce((sum, each) => sum + (each.most === undefined ? Infinity : each.most), 0);
    // Nobody can change a line so that there are enough.
    if (ready < least) return { line, product, choice, most, problem: counted("at_least_so_many", "count", least) + " " + counted("only_so_many", "count", ready) };
    return {
      line, product, choice, most,
      notice: line.count > most ? counted("only_so_many", "count", most)
        : all < least ? counted("at_least_so_many", "count", least) : null,
      low: choice.price ? choice.price.low * line.count : null,
      high: choice.price ? (choice.price.high === undefined ? choice.price.low : choice.price.high) * line.count : null,
    };
  };

  const add = (sums, currency, low, high) => {
    const sum = sums.get(currency) || [0, 0];
    sums.set(currency, [sum[0] + low, sum[1] + high]);
  };
  const sumText = (sums, asked) => {
    const said = [...sums].map(([currency, [low, high]]) => range(low, high, currency)).join(" + ");
    if (said === "") return word("price_on_request");
    return asked ? word("total_and_more", { price: said }) : said;
  };

  // Adds what sending costs. What travels together costs one price, of which each order pays its part by weight.
  const ship = (groups, where) => {
    const sent = groups.filter((group) => group.isSent);
    for (const group of groups) group.shipsOpen = group.isSent && (destination.options.length > 1 || data.pooled.length > 0);
    if (!where || !where.zone || sent.length === 0) return;
    const zone = where.zone;
    const weights = sent.map((group) => group.parcelGrams);
    const isKnown = !weights.includes(null);
    let quotes;
    if (where.pooled) {
      // Each pays a part of what all cost together, so none goes out as long as another may change.
      const isWhole = sent.every((group) => group.isReady);
      for (const group of sent) {
        group.waits = group.isReady && !isWhole;
        group.isReady = isWhole;
      }
      const whole = own.quote(zone, 0, isKnown ? weights.reduce((sum, weight) => sum + weight, 0) : null, null);
      const parts = whole.price === undefined ? null : own.split(whole.price, isKnown ? weights : weights.map(() => 1));
      quotes = sent.map((group, at) => (parts ? { price: parts[at] } : whole));
    } else {
      quotes = sent.map((group) => own.quote(zone, 0, group.parcelGrams, group.worth));
    }
    sent.forEach((group, at) => {
      const quote = quotes[at];
      group.where = where;
      group.parcel = group.parcelGrams !== null && (zone.rates || zone.share) ? weightText(group.parcelGrams) : null;
      group.shipsOpen = quote.price === undefined && !quote.fetched;
      if (quote.price !== undefined) {
        group.shipping = quote.price === 0 ? word("ship_free") : money(quote.price, zone.currency);
        add(group.sums, zone.currency, quote.price, quote.price);
        return;
      }
      group.shipping = word(quote.fetched ? "ship_fetched" : quote.asked ? "ship_asked" : quote.unknown ? "weight_unknown" : "ship_too_heavy");
      if (!quote.fetched) group.asked = true;
    });
  };

  // The lines by who receives them, in the order of the list, with sums and what stands in the way.
  const reckon = () => {
    const where = place();
    const groups = new Map();
    const loose = [];
    for (const line of list.get().lines) {
      const found = resolve(line);
      if (!found.product) { loose.push(found); continue; }
      const to = found.product.to && makers.has(found.product.to) ? found.product.to : "";
      if (!groups.has(to)) groups.set(to, { to, whom: to === "" ? data.shop : makers.get(to), lines: [] });
      groups.get(to).lines.push(found);
    }
    for (const group of groups.values()) {
      const part = group.lines.filter((found) => !found.problem);
      const sums = new Map(), sent = new Map();
      let grams = 0, asked = false, isSent = false, isWorthKnown = true;
      group.part = part;
      group.stops = [];
      for (const found of part) {
        if (found.low === null) asked = true;
        else add(sums, found.choice.price.currency, found.low, found.high);
        if (isParcel(found)) {
          isSent = true;
          grams = grams === null || found.choice.weight === undefined ? null : grams + found.choice.weight * found.line.count;
          if (found.low === null) isWorthKnown = false;
          else add(sent, found.choice.price.currency, found.low, found.high);
        }
        const stop = isParcel(found) ? where && where.country && stopFor(found.product, where.country) : (found.product.stops || [])[0];
        const isApart = where && where.pooled && (found.product.apart || []).includes(where.zone.key);
        if (stop || isApart) {
          found.stop = word("stopped_piece", { name: textOf(found.product.name), why: stop ? stop.why : word("not_pooled") });
          group.stops.push(found.stop);
        }
      }
      group.goods = sumText(sums, false);
      const only = sent.size === 1 && isWorthKnown ? [...sent][0] : null;
      const known = only ? [only[1][0], only[0]] : null;
      group.isReady = part.length > 0 && group.stops.length === 0 && part.every((found) => !found.notice);
      Object.assign(group, { sums, asked, isSent, parcelGrams: grams === null ? null : grams + data.packing, worth: known });
    }
    ship([...groups.values()], where);
    for (const group of groups.values()) group.total = sumText(group.sums, group.asked);
    return { groups: [...groups.values()], loose, where };
  };

  // ---- the text of an order ----

  const valuesOf = (found) => (found.choice.of || []).map(textOf).join(word("list_comma"));
  const articleOf = (line) => line.id + (line.of ? "." + line.of : "");

  const ending = (group) => {
    const { note } = list.get();
    const lines = [];
    if (group.part.length > 1 || group.shipping) lines.push(labelled(word("order_goods"), group.goods));
    if (group.where) {
      lines.push(labelled(word("order_destination"), group.where.name));
      if (!group.where.zone.pickup) lines.push(labelled(word("order_shipping", { name: textOf(group.where.zone.name) }), group.shipping));
    }
    lines.push(labelled(word("order_total"), group.total));
    if (note.trim() !== "") lines.push(...note.trim().split(/\r?\n/));
    return lines;
  };
  const helloOf = (group) => {
    const verbs = new Set(group.part.map((found) => found.choice.verb));
    return word(verbs.size === 1 && !verbs.has("order") ? [...verbs][0] + "_hello" : "order_hello");
  };
  // Who makes how many of it, if several makers share the work.
  const splitOf = (found) => {
    const pool = found.product.pool || [];
    if (pool.length < 2) return "";
    const counts = own.split(found.line.count, pool.map(([, count]) => count));
    const told = pool.flatMap(([name], at) => (counts[at] > 0 ? [labelled(textOf(name), number(counts[at]))] : []));
    return labelled(word("pool_split"), told.join(" · "));
  };
  const fullText = (group) => {
    const items = group.part.map((found) => {
      const values = valuesOf(found);
      const name = textOf(found.product.name) + (values ? " (" + values + ")" : "");
      const article = found.choice.number || articleOf(found.line);
      const price = found.low === null ? word("price_on_request") : range(found.low, found.high, found.choice.price.currency);
      const line = labelled(number(found.line.count) + " × " + name + " [" + article + "]", price);
      const split = splitOf(found);
      return split ? line + "\n" + split : line;
    });
    return [helloOf(group), "", ...items, "", ...ending(group), word("order_reference", { reference: list.get().reference })].join("\n");
  };

  // The text cut into as few messages as the channel can carry, in short form if it is long; no line is lost.
  const messages = (group, fits) => {
    const full = fullText(group);
    if (fits(full)) return [full];
    const name = word("order_reference", { reference: list.get().reference });
    // The article number of a choice names it to the maker; that of the whole would not.
    const numberOf = ({ choice }) => (choice.own ? " [" + choice.number + "]" : "");
    const items = group.part.map((found) => found.line.count + " x " + articleOf(found.line) + numberOf(found));
    const one = [name, word("order_short"), ...items, ...ending(group)].join("\n");
    if (fits(one)) return [one];
    const headOf = (part, parts) => name + " · " + word("message_part", { part: number(part), parts: number(parts) }) + "\n";
    const widest = headOf(99, 99);
    // A line that no message can carry (a long note) goes on in the next.
    const pieces = [];
    for (const line of [...items, ...ending(group)]) {
      let rest = Array.from(line);
      while (!fits(widest + rest.join(""))) {
        let low = 1, high = rest.length;
        while (low < high) {
          const middle = (low + high + 1) >> 1;
          if (fits(widest + rest.slice(0, middle).join(""))) low = middle;
          else high = middle - 1;
        }
        pieces.push(rest.slice(0, low).join(""));
        rest = rest.slice(low);
      }
      pieces.push(rest.join(""));
    }
    const bodies = [];
    for (const piece of pieces) {
      const last = bodies.length - 1;
      if (last >= 0 && fits(widest + bodies[last] + "\n" + piece)) bodies[last] += "\n" + piece;
      else bodies.push(piece);
    }
    return bodies.map((body, at) => headOf(at + 1, bodies.length) + body);
  };

  const encode = own.encoded;
  const hrefOf = (channel, subject, text) => {
    if (channel.kind === "whatsapp") return "https://wa.me/" + channel.address + "?text=" + encode(text);
    if (channel.kind === "sms") return "sms:" + channel.address + "?&body=" + encode(text);
    return "mailto:" + encode(channel.address).replace("%40", "@") + "?subject=" + encode(subject) + "&body=" + encode(text.replace(/\n/g, "\r\n"));
  };
  const linksOf = (channel, group) => {
    const subject = word("list_subject", { reference: list.get().reference });
    const fits = (text) => own.fits(hrefOf(channel, subject, text), text);
    return messages(group, fits).map((text) => hrefOf(channel, subject, text));
  };

  // ---- paying ----

  // What has to be paid: [minor, currency], or null while that is open.
  const due = (group) => {
    if (group.asked || group.shipsOpen || group.sums.size !== 1) return null;
    const [currency, [low, high]] = [...group.sums][0];
    return low === high && low > 0 ? [low, currency] : null;
  };
  const payAddress = (pay, amount) => {
    const name = list.get().reference;
    const [minor, currency] = amount || [null, ""];
    const digits = amount ? data.currencies[currency][0] : 0;
    const values = {
      amount: amount ? own.major(minor, digits) : "", minor: amount ? String(minor) : "", currency, reference: name,
    };
    const filled = pay.url.replace(/\{(amount|minor|currency|reference)\}/g, (all, key) => encodeURIComponent(values[key]));
    // What the services document: paypal.me takes an amount with its currency, Stripe's links a reference.
    if (amount && /^https:\/\/(www\.)?paypal\.me\/[A-Za-z0-9]+\/?$/i.test(pay.url)) return filled.replace(/\/$/, "") + "/" + values.amount + currency;
    if (/^https:\/\/(buy|donate)\.stripe\.com\//.test(pay.url) && !pay.url.includes("client_reference_id")) {
      return filled + (filled.includes("?") ? "&" : "?") + "client_reference_id=" + name;
    }
    return filled;
  };
  const payBox = (group) => {
    const amount = due(group);
    const currency = group.sums.size === 1 ? [...group.sums][0][0] : null;
    const ways = (group.whom.pay || []).filter((pay) => pay.kind === "link" || (own.codeText && pay.currency === currency));
    if (ways.length === 0) return null;
    const shown = amount ? money(amount[0], amount[1]) : null;
    const box = make("details", { class: "pay", "data-pay": true }, make("summary", {}, shown ? word("pay_amount", { price: shown }) : word("pay_heading")));
    box.append(make("p", { class: "quiet" }, word(amount ? "pay_after" : "pay_open")));
    for (const pay of ways) {
      if (pay.kind === "link") {
        box.append(make("p", {}, make("a", { href: payAddress(pay, amount), rel: "noopener", target: "_blank", "data-pay-link": true }, phrase(pay.name))));
        continue;
      }
      const text = own.codeText(pay, amount ? own.major(amount[0], data.currencies[amount[1]][0]) : null,
        pay.kind === "epc" ? list.get().reference : list.get().reference.replace("-", ""));
      const label = shown ? labelled(textOf(pay.name), shown) : textOf(pay.name);
      box.append(make("figure", { class: "pay-code", "data-pay-code": pay.kind }, own.codePicture(text, label),
        make("figcaption", {}, make("strong", {}, phrase(pay.name)), " ", make("span", { class: "quiet" }, word("pay_scan")))));
      if (pay.kind === "epc") box.append(make("p", { class: "pay-text" }, pay.holder, make("br"), make("span", { dir: "ltr" }, pay.iban.replace(/(.{4})(?=.)/g, "$1 ")), make("br"), list.get().reference));
    }
    return box;
  };

  // ---- the page ----

  const part = (name) => page.querySelector("[data-" + name + "]");
  const lines = part("lines"), nothing = part("nothing"), side = part("side"), foot = part("foot"), status = part("status");
  const how = document.querySelector("[data-how]");
  const setCount = (line, count) => list.change((now) => {
    const own = now.lines.find((each) => each.id === line.id && each.of === line.of);
    if (own) own.count = count;
  });

  const lineItem = (found, isReady) => {
    const { line, product, choice } = found;
    const key = articleOf(line);
    const name = product ? textOf(product.name) : line.id;
    const values = choice && choice.of ? choice.of : [];
    const spoken = name + (values.length > 0 ? " (" + values.map(textOf).join(word("list_comma")) + ")" : "");
    const href = product ? data.up + product.href + (line.of ? "#v-" + line.of : "") : null;
    const picture = choice && choice.photo
      ? make("img", { src: data.up + choice.photo, alt: "", width: "96", height: "96", loading: "lazy", decoding: "async" }) : null;
    const item = make("li", { class: "line" + (found.problem || found.stop ? " line-stopped" : ""), "data-line": key },
      make("span", { class: "line-photo", "aria-hidden": "true" }, picture));
    const words = make("div", { class: "line-words" }, make("p", { class: "line-name" }, href ? make("a", { href }, phrase(product.name)) : name));
    if (values.length > 0) {
      const chosen = make("p", { class: "line-values" });
      values.forEach((value, at) => {
        if (at > 0) chosen.append(" · ");
        chosen.append(phrase(value));
      });
      words.append(chosen);
    }
    if (product && product.maker) words.append(make("p", { class: "line-maker" }, phrase(product.maker)));
    if (product && !found.problem && splitOf(found)) words.append(make("p", { class: "line-maker" }, splitOf(found)));
    for (const said of [found.problem, found.notice, found.stop]) if (said) words.append(make("p", { class: "line-notice" }, said));
    // What cannot be ordered as it stands is not paid for.
    if (product && product.pay && isReady && found.choice.verb !== "ask") words.append(make("p", { class: "line-pay" }, make("a", { href: product.pay, rel: "noopener", target: "_blank" }, word("pay_online"))));
    item.append(words);
    const tools = make("div", { class: "line-tools" });
    if (!found.problem) {
      const most = found.most === Infinity ? 9999999 : found.most;
      const step = (by, label, isOff) => make("button", {
        type: "button", class: "step", "aria-label": label, "data-key": key + (by < 0 ? "-less" : "-more"), disabled: isOff,
        click: () => setCount(line, Math.max(1, Math.min(line.count + by, most))),
      }, by < 0 ? "−" : "+");
      const field = make("input", {
        type: "number", inputmode: "numeric", min: "1", max: String(most), value: String(line.count),
        "aria-label": labelled(word("quantity"), spoken), "data-key": key + "-count",
        change: (event) => {
          const wanted = Math.floor(Number(event.target.value));
          setCount(line, wanted >= 1 ? Math.min(wanted, most) : line.count);
          event.target.value = String(line.count);
        },
      });
      tools.append(make("span", { class: "line-count" },
        step(-1, labelled(word("quantity") + " −" + number(1), spoken), line.count <= 1), field, step(1, labelled(word("quantity") + " +" + number(1), spoken), line.count >= most)));
    }
    tools.append(make("button", {
      type: "button", class: "plain-button", "aria-label": word("remove_this", { name: spoken }), "data-key": key + "-remove",
      click: () => setCount(line, 0),
    }, word("remove")));
    item.append(tools);
    if (!found.problem) {
      const price = choice.price;
      const total = price ? range(found.low, found.high, price.currency) : word("price_on_request");
      const each = price && line.count > 1
        ? make("span", { class: "line-each" }, word("each_piece", { price: range(price.low, price.high === undefined ? price.low : price.high, price.currency) })) : null;
      item.append(make("p", { class: "line-price" }, total, each));
    }
    return item;
  };

  // "3–6" never breaks behind its dash.
  const whole = (says) => says.split(/(\S+–\S+)/).map((part, at) => (at % 2 === 1 ? make("span", { class: "nobr" }, part) : part));
  // A sentence; its days, and what is in another language, are marked as such.
  const told = (says) => (Array.isArray(says) ? make("span", {}, ...says.flatMap((part) => (typeof part === "string" ? whole(part)
    : part.datetime ? make("time", { datetime: part.datetime }, part.text)
      : make("span", { lang: part.lang, dir: part.dir }, part.text)))) : says);

  const row = (name, value, isTotal) => make("div", { class: isTotal ? "sum-total" : "sum" }, make("dt", {}, name), make("dd", {}, value));

  const sendBox = (group) => {
    const box = make("div", { class: "send" });
    if (!group.isReady) return box;
    group.whom.channels.forEach((channel, at) => {
      const cls = at === 0 ? "button" : "button send-other";
      if (channel.kind === "phone") {
        box.append(make("div", { class: "send-phone" },
          make("a", { class: cls, href: "tel:" + channel.address, "data-send": "phone" }, word("order_by_phone")),
          make("details", { "data-say": true }, make("summary", {}, word("phone_say", { number: "\u2066" + channel.address + "\u2069" })),
            make("p", { class: "say" }, fullText(group)))));
        return;
      }
      const hrefs = linksOf(channel, group);
      const label = word("order_by_" + channel.kind);
      const more = channel.kind === "whatsapp" ? { target: "_blank", rel: "noopener" } : {};
      if (hrefs.length === 1) {
        box.append(make("a", Object.assign({ class: cls, href: hrefs[0], "data-send": channel.kind }, more), label));
        return;
      }
      const parts = make("ol", { class: "send-parts" });
      hrefs.forEach((href, at) => parts.append(make("li", {}, make("a", Object.assign({
        class: cls, href, "data-send": channel.kind,
        click: (event) => event.currentTarget.classList.add("is-sent"),
      }, more), labelled(label, word("message_part", { part: number(at + 1), parts: number(hrefs.length) }))))));
      box.append(make("div", {}, make("p", { class: "quiet" }, counted("message_parts", "parts", hrefs.length)), parts));
    });
    const said = make("p", { class: "quiet copied", role: "status" });
    const copy = () => {
      const text = fullText(group);
      const byHand = () => {
        const field = make("textarea", { class: "copy-text", readonly: true, rows: "8", "aria-label": word("copy_yourself") });
        field.value = text;
        said.replaceChildren(word("copy_yourself"), field);
        field.focus();
        field.select();
      };
      if (!navigator.clipboard) {
        byHand();
        return;
      }
      navigator.clipboard.writeText(text).then(() => { said.textContent = word("copied"); }, byHand);
    };
    box.append(make("button", { type: "button", class: "plain-button", "data-copy": true, "data-key": "copy-" + group.to, click: copy }, word("copy_text")), said);
    return box;
  };

  const summary = (group, many) => {
    const sums = make("dl", { class: "sums" });
    if (group.part.length > 1 || group.shipping) sums.append(row(word("order_goods"), group.goods));
    if (group.shipping) {
      const name = group.where.zone.pickup ? group.where.name : word("order_shipping", { name: textOf(group.where.zone.name) });
      sums.append(row(name, group.where.zone.pickup ? "" : group.shipping));
    }
    sums.append(row(word("order_total"), group.total, true));
    const box = make("section", { class: "summary", "data-to": group.to });
    if (many) box.append(make("h2", {}, make("span", {}, word("order_parcel", { name: textOf(group.whom.name) }))));
    box.append(sums);
    if (group.where && group.part.length > 0) {
      const zone = group.where.zone;
      const day = today();
      const notes = [
        group.parcel ? word("parcel_weight", { weight: group.parcel }) : null, zone.free, zone.days,
        ...(zone.last || []).filter(([until]) => until >= day).map(([, says]) => told(says)),
        ...(zone.notes || []).map(told),
      ].filter(Boolean);
      if (notes.length > 0) box.append(make("ul", { class: "notes quiet" }, ...notes.map((note) => make("li", {}, ...(typeof note === "string" ? whole(note) : [note])))));
    }
    if (group.stops.length > 0) {
      box.append(make("div", { class: "stops", role: "alert" }, ...group.stops.map((stop) => make("p", {}, stop)), make("p", {}, word("stopped_advice"))));
    }
    if (group.waits) box.append(make("p", { class: "line-notice" }, word("pooled_waits")));
    box.append(sendBox(group));
    if (group.isReady) {
      const pay = payBox(group);
      if (pay) box.append(pay);
      box.append(make("p", { class: "quiet reference" }, word("order_reference", { reference: list.get().reference })));
    }
    return box;
  };

  // Destination and note stand still while the rest is made anew, so that nobody loses the place in them.
  const destination = make("select", { id: "list-to", change: (event) => list.change((now) => { now.to = event.target.value; }) });
  const toField = make("p", { class: "field" }, make("label", { for: "list-to" }, word("order_destination")), destination);
  const note = make("textarea", { id: "list-note", rows: "3", maxlength: "600", change: () => list.change((now) => { now.note = note.value; }) });
  const summaries = make("div", { class: "summaries" });
  {
    destination.append(make("option", { value: "" }, word("choose_destination")));
    data.zones.forEach((zone, at) => {
      if (zone.pickup) destination.append(make("option", { value: "@" + at }, word("order_fetch", { name: textOf(zone.name) })));
    });
    // Until when orders go along stands beside the sum; here only if the name alone would not tell.
    for (const pooled of data.pooled) {
      const isOnly = data.pooled.filter(({ name }) => textOf(name) === textOf(pooled.name)).length === 1;
      if (pooled.closes >= today()) destination.append(make("option", { value: pooled.key }, isOnly ? textOf(pooled.name) : pooledName(pooled)));
    }
    for (const [code, name] of data.countries) destination.append(make("option", { value: code }, name));
    if (destination.options.length > 1) side.append(toField);
    side.append(make("p", { class: "field" }, make("label", { for: "list-note" }, word("order_note")), note), summaries);
    note.value = list.get().note;
  }

  const focusStatus = () => {
    status.tabIndex = -1;
    status.focus();
  };
  const show = () => {
    const now = list.get();
    const isEmpty = now.lines.length === 0;
    nothing.hidden = !isEmpty;
    lines.hidden = side.hidden = foot.hidden = isEmpty;
    page.classList.toggle("is-filled", !isEmpty);
    if (how) how.hidden = !isEmpty;
    part("kept").textContent = word(list.isKept() ? "list_kept_here" : "list_not_kept");
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
    const focusedLine = focused ? Array.from(lines.querySelectorAll("[data-line]")).indexOf(document.activeElement.closest("[data-line]")) : -1;
    if (isEmpty) {
      status.textContent = word("list_empty");
      if (focused) focusStatus();
      lines.replaceChildren();
      summaries.replaceChildren();
      return;
    }
    const states = now.lines.map((line) => buckets.get(bucketOf(line.id)));
    status.textContent = states.includes("failed") ? word("list_failed") : states.every((state) => state === "there") ? "" : word("list_loading");
    if (states.some((state) => state !== "there")) return;
    const { groups, loose, where } = reckon();
    const many = groups.length > 1;
    const heads = groups.map((group) => make("section", { class: "group" },
      many ? make("h2", {}, phrase(group.whom.name)) : null,
      make("ul", { class: "lines" }, ...group.lines.map((found) => lineItem(found, group.isReady && !found.problem)))));
    if (loose.length > 0) heads.push(make("section", { class: "group" }, make("ul", { class: "lines" }, ...loose.map((found) => lineItem(found, false)))));
    if (many) heads.unshift(make("p", { class: "many" }, word(where && where.pooled ? "orders_pooled" : "orders_many")));
    lines.replaceChildren(...heads);
    summaries.replaceChildren(...groups.filter((group) => group.part.length > 0).map((group) => summary(group, many)));
    toField.hidden = !groups.some((group) => group.part.some(isParcel));
    destination.value = now.to;
    if (destination.selectedIndex < 0) destination.value = "";
    if (document.activeElement !== note) note.value = now.note;
    if (focused) {
      // The same place, else the number of the same line, else the line that now stands where it stood.
      const keyed = Array.from(page.querySelectorAll("[data-key]"));
      const byKey = (key) => keyed.find((element) => element.dataset.key === key && !element.disabled);
      const next = byKey(focused) || byKey(focused.replace(/-(less|more|remove)$/, "-count"));
      const all = lines.querySelectorAll("[data-line]");
      const near = all[Math.min(Math.max(focusedLine, 0), all.length - 1)];
      (next || (near && near.querySelector("[data-key]:not(:disabled)")) || status).focus();
    }
  };

  const update = () => {
    const now = list.get();
    if (now.lines.length > 0 && now.reference === "") {
      list.change((each) => { each.reference = own.reference(); });
      return;
    }
    // One place only is no choice.
    if (now.lines.length > 0 && place() === null && destination.options.length === 2) {
      list.change((each) => { each.to = destination.options[1].value; });
      return;
    }
    const loading = look();
    show();
    if (loading) loading.then(show);
  };
  part("clear").addEventListener("click", () => {
    note.value = "";
    list.clear();
    focusStatus();
  });
  list.watch(update);
  update();
})(window.selvedge);
