// Money and parcels, reckoned in whole minor units as the program does (src/model/money.rs, src/model/shipping.rs).
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
      : style.pattern === "before-spaced" ? sign + "\u00a0" + number : number + "\u00a0" + sign;
    // Held together from right to left, so that the amounts of a range do not change places.
    return style.is_right_to_left ? "\u2067" + amount + "\u2069" : amount;
  };

  // An amount in major units with all digits of the currency and a point, as banks want it.
  own.major = (minor, digits) => {
    const text = String(minor).padStart(digits + 1, "0");
    return digits === 0 ? text : text.slice(0, -digits) + "." + text.slice(-digits);
  };

  // What a parcel costs: { price } in minor units, or { asked }, { fetched }, { heavy: most grams }, { unknown: a weight }.
  // `grams` is the weight of the pieces or null; `goods` is [minor, currency] or null.
  own.quote = (zone, packing, grams, goods) => {
    const free = Boolean(zone.free_from && goods && goods[1] === zone.free_from[1] && goods[0] >= zone.free_from[0]);
    if (zone.pickup) return { fetched: true };
    if (zone.asked) return { asked: true };
    if (zone.rates === undefined) return { price: free ? 0 : zone.price };
    if (grams === null) return { unknown: true };
    const parcel = Math.min(grams + packing, 4294967295);
    const rate = zone.rates.find(([to]) => parcel <= to);
    if (rate === undefined) return { heavy: zone.rates.length > 0 ? zone.rates[zone.rates.length - 1][0] : 0 };
    return { price: free ? 0 : rate[1] };
  };

  // The zone that a country is in.
  own.zone = (zones, country) => zones.find((zone) => zone.countries && zone.countries.includes(country)) ||
    zones.find((zone) => zone.elsewhere) || null;
})(window.selvedge = window.selvedge || {});
