// Money and parcels, reckoned in whole minor units, and orders and costs split, as the program does (src/model/money.rs,
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
    if (zone.share) {
      if (grams === null) return { unknown: true };
      const [cost, full] = zone.share, sent = grams + packing;
      return sent > full ? { heavy: full } : { price: Number((BigInt(cost) * BigInt(sent) + BigInt(full - 1)) / BigInt(full)) };
    }
    if (zone.rates === undefined) return { price: free ? 0 : zone.price };
    if (grams === null) return { unknown: true };
    const parcel = Math.min(grams + packing, 4294967295);
    const rate = zone.rates.find(([to]) => parcel <= to);
    if (rate === undefined) return { heavy: zone.rates.length > 0 ? zone.rates[zone.rates.length - 1][0] : 0 };
    return { price: free ? 0 : rate[1] };
  };

  // Splits pieces or an amount in proportion to weights, in whole parts (largest remainders; of equal ones the earlier gets
  // more): an order over the makers of a pool by what each can make in a month, a cost over parcels by what each weighs.
  own.split = (whole, weights) => {
    const shares = (weights.some((weight) => weight > 0) ? weights : weights.map(() => 1)).map(BigInt);
    const total = shares.reduce((sum, share) => sum + share, 0n);
    const parts = shares.map((share) => Number(BigInt(whole) * share / total));
    const left = whole - parts.reduce((sum, part) => sum + part, 0);
    const order = shares.map((share, at) => [BigInt(whole) * share % total, at]);
    order.sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? 1 : -1));
    for (const [, at] of order.slice(0, left)) parts[at] += 1;
    return parts;
  };

  // The zone that a country is in.
  own.zone = (zones, country) => zones.find((zone) => zone.countries && zone.countries.includes(country)) ||
    zones.find((zone) => zone.elsewhere) || null;
})(window.selvedge = window.selvedge || {});
