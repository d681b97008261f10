// The page of the search and the lists with facets: links become a choice of which several combine.
// The state stands in the address, so that back, reload and a link that is passed on show the same.
(function (own) {
  "use strict";
  const panel = document.querySelector("[data-finder]");
  if (!panel) return;
  const part = (name) => document.querySelector("[data-" + name + "]");
  const [groups, status, chosen, cards, more, built, none] =
    ["groups", "status", "chosen", "cards", "more", "as-built", "none"].map(part);
  const summary = panel.querySelector("summary");
  const form = document.querySelector("main form.find");
  const field = form && form.elements.namedItem("q");
  const PAGE = 24;
  const SHORT = 10;
  const WAIT_MS = 160;
  const isWide = () => window.matchMedia("(min-width: 60rem)").matches;
  const SORTS = ["new", "low", "high"];
  // What can be chosen here; whatever else an address holds was put there by somebody who counts clicks.
  const FACETS = new Set(Array.from(groups.querySelectorAll("[data-facet]"), (link) => link.dataset.facet));

  // ---- state and address ----

  const number = (text) => text && Number.isFinite(Number(text)) && Number(text) >= 0 ? Number(text) : null;

  const readState = () => {
    const hash = location.hash.slice(1);
    const params = new URLSearchParams(hash.includes("=") ? hash : location.search);
    const picks = {};
    params.forEach((value, key) => {
      if (FACETS.has(key)) picks[key] = (picks[key] || []).concat(value);
    });
    return {
      q: field ? (params.get("q") || "").slice(0, 200) : "",
      picks,
      from: number(params.get("from")),
      to: number(params.get("to")),
      now: params.get("now") === "1",
      need: number(params.get("need")),
      sort: SORTS.includes(params.get("sort")) ? params.get("sort") : "",
    };
  };

  const toParams = (state) => {
    const params = new URLSearchParams();
    if (state.q) params.set("q", state.q);
    Object.keys(state.picks).forEach((key) => state.picks[key].forEach((id) => params.append(key, id)));
    if (state.from !== null) params.set("from", state.from);
    if (state.to !== null) params.set("to", state.to);
    if (state.now) params.set("now", "1");
    if (state.need) params.set("need", state.need);
    if (state.sort) params.set("sort", state.sort);
    return params.toString();
  };

  const isEmpty = (state) => toParams(state) === "";

  let state = readState();
  let shown = (history.state && history.state.shown) || PAGE;

  const writeState = (isNew) => {
    const params = toParams(state);
    const remembered = { shown };
    try {
      history[isNew ? "pushState" : "replaceState"](remembered, "", params ? "?" + params : location.pathname);
    } catch (error) {
      // A browser that lets no page on file:// change its address still lets it change the fragment.
      if (isNew) location.hash = params;
      else location.replace("#" + params);
    }
  };

  // ---- elements ----

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  let search = null, opening = null;
  const boxes = new Map();
  const inputs = {};

  const start = () => {
    if (!opening) {
      status.textContent = panel.dataset.waiting;
      opening = own.openSearch(panel.dataset.up, panel.dataset.finder).then((opened) => {
        search = opened;
        status.textContent = "";
        build();
        return opened;
      });
      opening.catch(() => {
        opening = null;
        status.textContent = panel.dataset.failed;
      });
    }
    return opening;
  };

  // The choice, in place of the links.
  const build = () => {
    const { word, written, prices } = search;
    const focused = groups.contains(document.activeElement) ? document.activeElement.dataset : null;
    groups.textContent = "";
    const sorts = [["", field ? "sort_best" : "sort_new"]].concat(field ? [["new", "sort_new"]] : []);
    if (prices) sorts.push(["low", "sort_low"], ["high", "sort_high"]);
    inputs.sort = make("select", {}, ...sorts.map((sort) => make("option", { value: sort[0], textContent: word(sort[1]) })));
    groups.append(make("label", { className: "facet facet-sort" }, make("span", { textContent: word("sort") }), inputs.sort));

    for (const facet of search.facets) {
      // In the order of their names, which the program has found for this language.
      const order = facet.order.filter((at) => facet.totals[at] > 0);
      const largest = new Set(order.slice().sort((a, b) => facet.totals[b] - facet.totals[a]).slice(0, SHORT));
      const list = make("ul", {});
      const all = [];
      for (const at of order) {
        const [id, name, lang] = facet.values[at];
        const box = make("input", { type: "checkbox", name: facet.key, value: id });
        const count = make("span", { className: "quiet" });
        const label = make("span", { textContent: name, className: "facet-name" });
        if (lang) Object.assign(label, { lang, dir: "auto" });
        const item = make("li", {}, make("label", {}, box, label, " ", count));
        list.append(item);
        all.push({ at, id, name, box, count, item, isLarge: largest.has(at) });
      }
      const group = make("fieldset", { className: "facet" }, make("legend", { textContent: facet.name }), list);
      const entry = { all, isLong: false, group };
      if (order.length > SHORT) {
        const toggle = make("button", { type: "button", className: "facet-all", textContent: word("show_all", { count: written(order.length) }) });
        toggle.setAttribute("aria-expanded", "false");
        toggle.addEventListener("click", () => {
          entry.isLong = !entry.isLong;
          toggle.setAttribute("aria-expanded", String(entry.isLong));
          toggle.textContent = entry.isLong ? word("show_fewer") : word("show_all", { count: written(order.length) });
          list.classList.toggle("facet-long", entry.isLong);
          showBoxes(facet.key);
        });
        group.append(toggle);
      }
      groups.append(group);
      boxes.set(facet.key, entry);
    }

    const amount = (name, placeholder) => {
      const input = make("input", { type: "number", min: "0", step: "any", inputMode: "decimal", placeholder });
      inputs[name] = input;
      return input;
    };
    const labelled = (text, input) => make("label", {}, make("span", { textContent: text }), input);
    if (prices && prices.highest >= 0) {
      const whole = (minor, round) => String(round(minor / prices.unit));
      groups.append(make("fieldset", { className: "facet" },
        make("legend", { textContent: word("price") + " (" + prices.currency + ")" }),
        make("div", { className: "facet-range" },
          labelled(word("filter_from"), amount("from", whole(prices.lowest, Math.floor))),
          labelled(word("filter_to"), amount("to", whole(prices.highest, Math.ceil))))));
    }
    const supply = make("fieldset", { className: "facet" }, make("legend", { textContent: word("supply") }));
    if (search.hasSupply) {
      inputs.now = make("input", { type: "checkbox" });
      supply.append(make("label", {}, inputs.now, make("span", { textContent: word("ready_now"), className: "facet-name" })));
    }
    const need = amount("need", "1");
    need.step = "1";
    need.inputMode = "numeric";
    supply.append(make("div", { className: "facet-range" }, labelled(word("quantity_wanted"), need)));
    groups.append(supply);
    fillIn();

    if (focused && focused.facet) {
      const same = boxes.get(focused.facet).all.find((each) => each.id === focused.term);
      if (same) same.box.focus();
    } else if (focused) summary.focus();
  };

  // What the address asked for, in the field; never while somebody types there.
  const fillQuery = () => {
    if (field && field.value.trim() !== state.q) field.value = state.q;
  };

  // What the state says, in the choice.
  const fillIn = () => {
    if (!search) return;
    boxes.forEach((entry, key) => entry.all.forEach((each) => {
      each.box.checked = (state.picks[key] || []).includes(each.id);
    }));
    ["from", "to", "need"].forEach((name) => {
      if (inputs[name]) inputs[name].value = state[name] === null ? "" : state[name];
    });
    if (inputs.now) inputs.now.checked = state.now;
    inputs.sort.value = state.sort;
    if (inputs.sort.selectedIndex < 0) inputs.sort.selectedIndex = 0;
  };

  const showBoxes = (key) => {
    const entry = boxes.get(key);
    entry.all.forEach((each) => {
      const kept = each.box.checked || each.box === document.activeElement;
      each.item.hidden = !kept && (each.number === 0 || (!entry.isLong && !each.isLarge));
    });
    entry.group.hidden = entry.all.every((each) => each.number === 0 && each.item.hidden);
  };

  const showCounts = (counts) => {
    search.facets.forEach((facet, at) => {
      const entry = boxes.get(facet.key);
      entry.all.forEach((each) => {
        each.number = counts[at][each.at];
        each.count.textContent = search.written(each.number);
      });
      showBoxes(facet.key);
    });
  };

  // What is chosen, each with a button that takes it away.
  const showChosen = () => {
    const { word } = search;
    const hadFocus = chosen.contains(document.activeElement);
    chosen.textContent = "";
    const list = make("ul", {});
    const add = (name, lang, change) => {
      const button = make("button", { type: "button" }, make("span", { textContent: name, lang: lang || "", dir: "auto" }));
      if (!lang) button.firstChild.removeAttribute("lang");
      button.setAttribute("aria-label", word("filter_remove", { name }));
      button.addEventListener("click", () => {
        change();
        changed(true);
      });
      list.append(make("li", {}, button));
    };
    boxes.forEach((entry, key) => entry.all.forEach((each) => {
      if ((state.picks[key] || []).includes(each.id)) {
        add(each.name, each.lang, () => { state.picks[key] = state.picks[key].filter((id) => id !== each.id); });
      }
    }));
    const money = (value) => search.money(value);
    if (state.from !== null && search.prices) add(word("at_least", { amount: money(state.from) }), "", () => { state.from = null; });
    if (state.to !== null && search.prices) add(word("at_most", { amount: money(state.to) }), "", () => { state.to = null; });
    if (state.now) add(word("ready_now"), "", () => { state.now = false; });
    if (state.need) add(word("label_value", { label: word("quantity_wanted"), value: search.written(state.need) }), "", () => { state.need = null; });
    const some = list.childElementCount;
    chosen.hidden = some === 0;
    if (some > 0) {
      list.setAttribute("aria-label", word("filters_chosen"));
      chosen.append(list);
      if (some > 1) {
        const clear = make("button", { type: "button", className: "clear", textContent: word("filters_clear") });
        clear.addEventListener("click", () => {
          state = Object.assign(state, { picks: {}, from: null, to: null, now: false, need: null });
          changed(true);
        });
        list.append(make("li", {}, clear));
      }
    }
    if (hadFocus) (chosen.querySelector("button") || summary).focus();
  };

  // ---- finding ----

  let turn = 0, places = [];

  const showCards = async (mine, from) => {
    const html = await search.cards(places.slice(from, shown));
    if (mine !== turn) return false;
    if (from === 0) cards.textContent = "";
    // The cards are those of the lists, made and escaped by the program.
    cards.insertAdjacentHTML("beforeend", html.join(""));
    more.hidden = shown >= places.length;
    return true;
  };

  const answer = (found) => {
    const { word } = search;
    const lines = found.instead.map((each) => word("search_instead", { word: each }))
      .concat(found.without.map((each) => word("search_without", { word: each })));
    if (places.length > 0) lines.unshift(word("count_products", { count: search.written(places.length) }, places.length));
    else if (found.places.length === 0 && state.q) lines.unshift(word("search_nothing", { query: state.q }));
    else lines.unshift(word("search_nothing_chosen"));
    return lines.join(" ");
  };

  const run = async () => {
    const mine = ++turn;
    if (built && isEmpty(state)) {
      // Nothing chosen: the list as it was made.
      built.hidden = false;
      cards.hidden = more.hidden = chosen.hidden = true;
      status.textContent = "";
      if (search) {
        showCounts(search.choose(await search.find(""), state).counts);
        const lost = document.activeElement === document.body || chosen.contains(document.activeElement);
        if (lost) summary.focus();
      }
      return;
    }
    try {
      await start();
      cards.setAttribute("aria-busy", "true");
      const found = await search.find(state.q);
      if (mine !== turn) return;
      const chosenNow = search.choose(found, Object.assign({}, state, {
        from: state.from === null || !search.prices ? null : Math.round(state.from * search.prices.unit),
        to: state.to === null || !search.prices ? null : Math.round(state.to * search.prices.unit),
      }));
      places = chosenNow.places;
      if (!await showCards(mine, 0)) return;
      cards.removeAttribute("aria-busy");
      if (built) built.hidden = true;
      showCounts(chosenNow.counts);
      showChosen();
      cards.hidden = places.length === 0;
      // Where the words find nothing, there is nothing to choose among, and a way on instead.
      const isLost = found.places.length === 0 && chosen.hidden;
      if (none) {
        panel.hidden = isLost;
        none.hidden = !isLost;
      }
      status.textContent = answer(found);
    } catch (error) {
      if (mine === turn) status.textContent = panel.dataset.failed;
    }
  };

  // The state has changed by hand.
  const changed = (isNew) => {
    shown = PAGE;
    writeState(isNew);
    fillIn();
    return run();
  };

  // ---- what people do ----

  summary.addEventListener("click", () => { start().then(() => run(), () => {}); });

  groups.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-facet]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const { facet, term } = link.dataset;
    link.focus();
    start().then(() => {
      state.picks[facet] = (state.picks[facet] || []).concat(term);
      changed(true);
      // Without the data the link leads to its list after all.
    }, () => { location.href = link.href; });
  });

  panel.addEventListener("change", () => {
    if (!search) return;
    boxes.forEach((entry, key) => {
      const ids = entry.all.filter((each) => each.box.checked).map((each) => each.id);
      if (ids.length > 0) state.picks[key] = ids;
      else delete state.picks[key];
    });
    ["from", "to", "need"].forEach((name) => { state[name] = inputs[name] ? number(inputs[name].value) : null; });
    state.now = Boolean(inputs.now && inputs.now.checked);
    state.sort = inputs.sort.value;
    changed(true);
  });

  more.addEventListener("click", async () => {
    const before = Math.min(shown, places.length);
    shown += PAGE;
    writeState(false);
    try {
      if (await showCards(turn, before)) {
        const next = cards.children[before] && cards.children[before].querySelector("a");
        if (next) next.focus();
      }
    } catch (error) {
      status.textContent = panel.dataset.failed;
    }
  });

  if (form) {
    let timer = 0;
    // On a phone what is found comes before the choice.
    const makeRoom = () => { if (!isWide()) panel.open = false; };
    form.addEventListener("focusin", () => { start().catch(() => {}); }, { once: true });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(timer);
      state.q = field.value.trim();
      makeRoom();
      changed(true);
    });
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (field.value.trim() === state.q) return;
        state.q = field.value.trim();
        makeRoom();
        changed(false);
      }, WAIT_MS);
    });
  }

  const arrived = () => {
    state = readState();
    shown = (history.state && history.state.shown) || PAGE;
    fillQuery();
    fillIn();
    run();
  };
  window.addEventListener("popstate", arrived);
  window.addEventListener("hashchange", () => { if (location.hash.includes("=")) arrived(); });

  if (!isEmpty(state)) {
    if (!isWide()) panel.open = false;
    fillQuery();
    fillIn();
    run();
  }
})(window.selvedge);
