// Money and parcels, reckoned in whole minor units, and orders split over makers, as the program does (src/model/money.rs,
// src/model/shipping.rs, src/model/pool.rs).
(function (own) {
  "use strict";

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

  // How many pieces of an order each maker of a pool makes, by what each can make in a month: largest remainders.
  own.split = (quantity, perMonth) => {
    const weights = perMonth.some((count) => count > 0) ? perMonth : perMonth.map(() => 1);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const parts = weights.map((weight) => Math.floor(quantity * weight / total));
    const left = quantity - parts.reduce((sum, part) => sum + part, 0);
    const order = weights.map((weight, at) => [quantity * weight % total, at]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    for (const [, at] of order.slice(0, left)) parts[at] += 1;
    return parts;
  };

  // The zone that a country is in.
  own.zone = (zones, country) => zones.find((zone) => zone.countries && zone.countries.includes(country)) ||
    zones.find((zone) => zone.elsewhere) || null;
})(window.selvedge = window.selvedge || {});
