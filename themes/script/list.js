// The buyer's list: kept in her browser alone, counted in the head of every page, filled on pages of products.
//
// It holds ids and quantities, the destination, a note and the reference of the order; what things are called and cost
// is looked up on the page of the list. Where a browser keeps nothing, or keeps it for each file by itself (Firefox with
// pages from a folder), the list travels in the fragment of the links inside the shop: no server ever sees that.
(function () {
  "use strict";
  const own = window.selvedge = window.selvedge || {};
  const link = document.querySelector("[data-list]");
  if (!link) return;
  const KEY = "selvedge-list-" + link.dataset.list;
  // What is as in English does not stand on the page.
  const words = Object.assign({
    labelled: "{label}: {value}", style: { digits: "0123456789", group: ",", groups: [3, 3], least_grouped: 1 },
  }, JSON.parse(link.dataset.words));
  const MOST_LINES = 500, MOST_PIECES = 9999999;
  const LINE = /^([a-z0-9-]{1,200})(?:\.([a-z0-9-]{1,200}))?\*([1-9][0-9]{0,6})$/;
  const nothing = () => ({ lines: [], to: "", note: "", reference: "", at: 0 });
  const isText = (value, most) => typeof value === "string" && value.length <= most;

  // Tells whether the program behind a channel takes an address whole. 2,083 characters is the limit of the Windows shell for
  // `mailto:` and other handlers, which WhatsApp for Windows stands behind too. A text message is cut into parts of 153 plain
  // or 67 other characters; phones send ten of them at once.
  const SMS_PLAIN = 1530, SMS_OTHER = 670;
  own.fits = (href, text) => href.length <= (href.startsWith("mailto:") ? 1900 : 2000) &&
    (!href.startsWith("sms:") || text.length <= (/^[\n -~]*$/.test(text) ? SMS_PLAIN : SMS_OTHER));
  // As the program writes addresses.
  own.encoded = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => "%" + sign.charCodeAt(0).toString(16).toUpperCase());
  // The name of an order: six signs that nobody takes for each other.
  own.reference = () => {
    const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const random = crypto.getRandomValues(new Uint8Array(6));
    const signs = Array.from(random, (byte) => SIGNS[byte % 32]).join("");
    return signs.slice(0, 3) + "-" + signs.slice(3);
  };

  // Whatever was kept, made safe to use: anything odd is left out.
  const tidy = (kept) => {
    const list = nothing();
    if (!kept || typeof kept !== "object") return list;
    for (const text of Array.isArray(kept.lines) ? kept.lines.slice(0, MOST_LINES) : []) {
      const found = LINE.exec(text);
      if (found) list.lines.push({ id: found[1], of: found[2] || "", count: Number(found[3]) });
    }
    if (isText(kept.to, 17) && /^([A-Z]{2}|@[0-9]{1,3}|![0-9]{8}[A-Z]{2}[0-9a-f]{6})?$/.test(kept.to)) list.to = kept.to;
    if (isText(kept.note, 2000)) list.note = kept.note;
    if (isText(kept.reference, 16) && /^([0-9A-Z]{3}-[0-9A-Z]{3})?$/.test(kept.reference)) list.reference = kept.reference;
    if (Number.isSafeInteger(kept.at)) list.at = kept.at;
    return list;
  };
  const lineText = (line) => line.id + (line.of ? "." + line.of : "") + "*" + line.count;
  const plain = (list) => ({
    lines: list.lines.map(lineText), to: list.to, note: list.note, reference: list.reference, at: list.at,
  });

  let store = null;
  try {
    localStorage.setItem(KEY + "-try", "1");
    localStorage.removeItem(KEY + "-try");
    store = localStorage;
  } catch (error) {
    store = null;
  }
  const travels = !store || location.protocol === "file:";

  const load = () => {
    try {
      return tidy(JSON.parse((store && store.getItem(KEY)) || "null"));
    } catch (error) {
      return nothing();
    }
  };
  const keep = () => {
    if (!store) return;
    try {
      if (list.lines.length > 0 || travels) store.setItem(KEY, JSON.stringify(plain(list)));
      else store.removeItem(KEY);
    } catch (error) {
      store = null;
    }
  };

  // #list=<shop>:red-shawl.s-green*2+bowl*1;to=DE;ref=K7M-3QF;at=1764230400000;go=v-s-green
  // `go` is the place on the page that the link leads to.
  const MARK = "#list=" + link.dataset.list + ":";
  const toFragment = (list, go) => MARK + list.lines.map(lineText).join("+") +
    (list.to ? ";to=" + list.to : "") + (list.reference ? ";ref=" + list.reference : "") + ";at=" + list.at +
    (go ? ";go=" + go : "");
  const fromFragment = (hash) => {
    if (!hash.startsWith(MARK)) return null;
    const found = /^([^;]*)(?:;to=([^;]*))?(?:;ref=([^;]*))?;at=([0-9]+)(?:;go=(.*))?$/.exec(hash.slice(MARK.length));
    if (!found) return null;
    const list = tidy({
      lines: found[1].split("+"), to: found[2] || "", note: "", reference: found[3] || "", at: Number(found[4]),
    });
    return { list, go: found[5] || "" };
  };

  let list = load();
  const arrive = () => {
    const carried = travels ? fromFragment(location.hash) : null;
    if (!carried) return;
    // The newer one counts; a page that was left open long ago brings back nothing.
    const came = carried.list;
    if (came.at >= list.at) {
      const note = came.at === list.at ? list.note : "";
      list = Object.assign(came, { note });
      keep();
    }
    history.replaceState(history.state, "", location.href.split("#")[0] + (carried.go ? "#" + carried.go : ""));
    // The browser looked for the place under the whole fragment.
    const place = carried.go ? document.getElementById(carried.go) : null;
    if (place) place.scrollIntoView();
  };
  arrive();

  const watchers = [];
  const tell = () => {
    const pieces = list.lines.reduce((sum, line) => sum + line.count, 0);
    const count = link.querySelector("[data-count]");
    const shown = own.number(words.style, pieces, 0);
    count.textContent = shown;
    count.hidden = pieces === 0;
    if (pieces > 0) {
      const value = own.say(words.pieces, { count: shown }, pieces);
      link.setAttribute("aria-label", own.say(words.labelled, { label: link.firstChild.textContent.trim(), value }));
    }
    else link.removeAttribute("aria-label");
    for (const watcher of watchers) watcher();
  };

  own.list = {
    get: () => list,
    isKept: () => store !== null,
    watch: (watcher) => { watchers.push(watcher); },
    // Changes the list with a function and keeps it.
    change: (act) => {
      act(list);
      list.lines = list.lines.filter((line) => line.count > 0).slice(0, MOST_LINES);
      list.at = Math.max(Date.now(), list.at + 1);
      keep();
      tell();
    },
    // Takes everything off, out of the browser too.
    clear: () => {
      list = Object.assign(nothing(), { at: Math.max(Date.now(), list.at + 1) });
      keep();
      tell();
    },
    put: (id, of, count) => {
      own.list.change((list) => {
        const there = list.lines.find((line) => line.id === id && line.of === of);
        if (there) there.count = Math.min(there.count + count, MOST_PIECES);
        else list.lines.push({ id, of, count });
      });
    },
    countOf: (id, of) => list.lines.reduce(
      (sum, line) => sum + (line.id === id && (of === undefined || line.of === of) ? line.count : 0), 0),
  };
  tell();

  // Another tab changed it, or the page came back from where browsers keep pages.
  const again = () => {
    const now = load();
    if (store && now.at >= list.at) list = now;
    tell();
  };
  addEventListener("storage", (event) => { if (event.key === KEY || event.key === null) { list = load(); tell(); } });
  addEventListener("pageshow", (event) => { if (event.persisted) again(); });
  addEventListener("hashchange", () => { arrive(); tell(); });

  if (travels) {
    const carry = (event) => {
      const anchor = event.target instanceof Element ? event.target.closest("a[href]") : null;
      if (!anchor || anchor.protocol !== location.protocol || anchor.host !== location.host) return;
      if (!/(\/|\.html)$/.test(anchor.pathname)) return;
      const isCarried = anchor.hash.startsWith(MARK);
      // A link within the page leaves nothing behind; one to the whole page loads it again, which keeps what is stored.
      const isHere = anchor.href.split("#")[0] === location.href.split("#")[0];
      if (isHere && !isCarried && (store || anchor.hash !== "")) return;
      const before = isCarried ? fromFragment(anchor.hash) : null;
      anchor.hash = toFragment(list, isCarried ? before && before.go : anchor.hash.slice(1));
    };
    for (const name of ["pointerdown", "click", "auxclick", "contextmenu"]) addEventListener(name, carry, true);
    addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method === "get") form.action = form.action.split("#")[0] + toFragment(list);
    }, true);
  }

  // Pages of products.
  for (const box of document.querySelectorAll("[data-add]")) {
    const id = box.dataset.add;
    const choices = JSON.parse(box.dataset.choices);
    const selects = Array.from(box.querySelectorAll("[data-option]"));
    const quantity = box.querySelector("[data-quantity]"), put = box.querySelector("[data-put]");
    const said = box.querySelector("[data-said]");
    const together = quantity.max === "" ? null : Number(quantity.max);
    const least = Number(quantity.min);
    box.hidden = false;

    // Values that exist with what is chosen in the others.
    const narrow = () => {
      selects.forEach((select, at) => {
        for (const option of select.options) {
          if (option.value === "") continue;
          option.disabled = !choices.some(([, of]) => of[at] === Number(option.value) &&
            selects.every((other, place) => place === at || other.value === "" || of[place] === Number(other.value)));
        }
      });
    };
    const chosen = () => choices.find(([, of]) => selects.every((select, at) => select.value !== "" && of[at] === Number(select.value)));
    for (const select of selects) {
      select.addEventListener("change", () => { said.textContent = ""; narrow(); show(); });
    }
    // A single value needs no choice.
    selects.forEach((select, at) => {
      const values = new Set(choices.filter(([, , most]) => most !== 0).map(([, of]) => of[at]));
      if (values.size === 1) select.value = String([...values][0]);
    });
    // A link to a choice chooses it.
    const asked = choices.find(([name]) => location.hash === "#v-" + name);
    if (asked) selects.forEach((select, at) => { select.value = String(asked[1][at]); });
    narrow();

    // What is said and shown of a choice takes the place of what is said and shown of the whole.
    const beside = box.parentNode;
    const price = beside.querySelector(".price"), [supply, ...supplies] = beside.querySelectorAll(".availability");
    const wholePrice = price ? price.textContent : "", wholeSupply = supply ? Array.from(supply.childNodes) : [];
    const orders = Array.from(beside.querySelectorAll(".order a"), (anchor) => [anchor, anchor.getAttribute("href"), anchor.textContent]);
    const paid = beside.querySelector("[data-pay-now]");
    const large = document.querySelector(".first-photo");
    const photos = (large ? [large] : []).concat(Array.from(document.querySelectorAll(".photos > a"))).map((anchor) => [
      anchor.getAttribute("href"), anchor.querySelector("picture").cloneNode(true),
    ]);
    const sizes = large ? large.querySelector("img").sizes : "";
    const values = selects.map((select) => Array.from(select.options, (option) => option.textContent));
    const inRow = (choice, what) => {
      const row = choice ? document.getElementById("v-" + choice[0]) : null;
      return row ? row.querySelector(what) : null;
    };
    const ofRow = (choice, what) => {
      const found = inRow(choice, what);
      return found ? found.textContent : "";
    };
    const encoded = own.encoded;
    // What is sent from here is no order of the list, so it has a name of its own.
    const reference = box.dataset.reference.replace("{reference}", own.reference);
    let pictured = 0;
    const enlarge = (at) => {
      if (at === pictured || !photos[at]) return;
      pictured = at;
      const picture = photos[at][1].cloneNode(true);
      for (const each of picture.children) each.sizes = sizes;
      picture.querySelector("img").loading = "eager";
      large.setAttribute("href", photos[at][0]);
      large.replaceChildren(picture);
    };
    const show = () => {
      const choice = chosen();
      const itsPrice = ofRow(choice, ".choice-price"), itsSupply = ofRow(choice, "small");
      if (selects.length > 0) {
        if (price) price.textContent = itsPrice || wholePrice;
        if (supply) supply.replaceChildren(...(itsSupply ? [itsSupply] : wholeSupply));
        enlarge((choice && choice[3]) || 0);
      }
      // Of what is sold out one can only ask, by the link that its row has.
      const isGone = Boolean(choice) && choice[2] === 0;
      for (const each of [put, paid, ...supplies]) if (each) each.hidden = isGone;
      quantity.parentNode.hidden = isGone || together === 1;
      const ask = isGone ? inRow(choice, ".choice-order") : null;
      const first = orders.find(([, href]) => !href.startsWith("tel:"));
      for (const [anchor, href, label] of orders) {
        const isFirst = ask && anchor === first[0];
        anchor.textContent = isFirst ? ask.dataset.ask || ask.textContent : label;
        anchor.parentNode.hidden = Boolean(ask) && !isFirst;
        if (!href.startsWith("tel:")) anchor.setAttribute("href", isFirst ? ask.getAttribute("href") : filled(href, choice, itsPrice));
      }
    };
    // A message that says what is chosen in place of what stands open, how many, and the name of the order.
    const filled = (href, choice, itsPrice) => {
      const end = href.startsWith("mailto:") ? "%0D%0A" : "%0A";
      const lineOf = (label, value) => encoded(own.say(words.labelled, { label: label.textContent.trim(), value }));
      const pieces = (count) => end + lineOf(quantity.previousElementSibling, own.number(words.style, count, 0));
      const make = (room, name) => {
        let link = href;
        selects.forEach((select, at) => {
          if (select.value === "") return;
          const value = Array.from(values[at][select.selectedIndex]);
          const told = value.length > room ? value.slice(0, room - 1).join("") + "…" : value.join("");
          link = link.replace(end + lineOf(select.previousElementSibling, "…"), () => end + lineOf(select.previousElementSibling, told));
        });
        if (choice && choice[4]) link = link.replace(encoded("(" + box.dataset.number + ")") + end, () => encoded("(" + choice[4] + ")") + end);
        if (itsPrice) link = link.replace(end + encoded(wholePrice), () => end + encoded(itsPrice));
        return link.replace(pieces(least), () => pieces(wantedNow(choice))) + (name ? end + encoded(name) : "");
      };
      const all = [Infinity, 80, 40, 20].map((room) => make(room, reference)).concat(make(20, ""));
      return all.find((link) => own.fits(link, decodeURIComponent(link.replace(/^.*(text|body)=/, "")))) || all[4];
    };
    const wantedNow = (choice) => {
      const wanted = Math.floor(Number(quantity.value));
      const most = [together, choice ? choice[2] : null, MOST_PIECES].filter((each) => each !== null);
      return Math.min(Math.max(wanted || 0, least), ...most);
    };
    if (selects.length === 1) {
      // What each costs stands beside its name.
      for (const choice of choices) {
        const more = choice[2] === 0 ? ofRow(choice, "small") : ofRow(choice, ".choice-price");
        if (more) Array.from(selects[0].options).find((option) => option.value === String(choice[1][0])).append(" · " + more);
      }
    }
    show();
    quantity.addEventListener("input", show);

    put.addEventListener("click", () => {
      const open = selects.filter((select) => select.value === "");
      if (open.length > 0) {
        said.textContent = box.dataset.first.replace("{name}", () => open.map((select) => select.previousElementSibling.textContent.trim()).join(", "));
        open[0].focus();
        return;
      }
      const choice = selects.length > 0 ? chosen() : ["", [], together];
      if (!choice) return;
      const wanted = Math.floor(Number(quantity.value));
      let count = wanted >= 1 && wanted <= MOST_PIECES ? wanted : least;
      const left = (most, there) => (most === null ? Infinity : Math.max(most - there, 0));
      const room = Math.min(left(choice[2], own.list.countOf(id, choice[0])), left(together, own.list.countOf(id)));
      if (own.list.countOf(id) + count < least) count = least;
      if (room === 0) {
        said.textContent = box.dataset.full;
        return;
      }
      own.list.put(id, choice[0], Math.min(count, room));
      const heading = document.querySelector("h1").cloneNode(true);
      for (const mark of heading.querySelectorAll("small")) mark.remove();
      said.textContent = box.dataset.done.replace("{name}", () => heading.textContent.trim()) + " ";
      const see = document.createElement("a");
      see.href = link.href;
      see.textContent = link.firstChild.textContent.trim();
      said.append(see);
      quantity.value = String(least);
      show();
    });
  }
})();
