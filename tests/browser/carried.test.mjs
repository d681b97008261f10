// Reading in this process what is given to the page where things are checked: printed numbers, pictures that carry evidence,
// the files of a pack. Needs no browser and no program.
import assert from "node:assert/strict";
import { test } from "node:test";
import { data, itxt, json, png, svg, verifyInNode } from "./support.mjs";

const { carried, checkCharacter, parseIdentifier, parseNumber, placeOf, printIdentifier, printNumber } = verifyInNode();

test("check characters are those of ISO 7064, MOD 37,36", () => {
  // A Global Release Identifier (GRid standard, 2.1) and audiovisual numbers (ISO 15706-2).
  const known = [["A12425GABC1234002", "M"], ["000000003A8D0000", "Z"], ["000000003A8D000000000000", "6"], ["LOOMZZNORD42E2017100", "U"]];
  for (const [text, check] of known) assert.equal(checkCharacter(text), check, text);
  assert.equal(checkCharacter(""), null);
  assert.equal(checkCharacter("a"), null);
});

const LOOM = { code: "LOOM", scope: "ZZ-NOR" };
const NUMBER = { brand: LOOM, design: 42, edition: 2, serial: 17, maximum: 100 };

test("a printed number is read as people type it, and its faults are told apart", () => {
  assert.equal(printNumber(NUMBER), "LOOM ZZ-NOR D42 E2 017/100 U");
  for (const typed of ["loom zz-nor d42 e2 017/100 u", "LOOMZZNORD42E2017/100U", "L00M ZZ NOR D42 E2 O17/1OO U", "LOOM ZZ–NOR D42 E2 ٠١٧/١٠٠ U"]) {
    assert.deepEqual(parseNumber(typed, LOOM), { number: NUMBER }, typed);
  }
  assert.deepEqual(parseNumber("LOOM ZZ-NOR D42 E2 017/100 U"), { number: NUMBER });
  for (const [typed, fault] of [
    ["", "form"], ["Ana del Valle", "form"], ["LOOM ZZ-NOR D42 E2 017/100 é", { strange: "é" }],
    ["LOOM ZZ-NOR D0 E2 017/100 U", { value: "design" }], ["LOOM ZZ-NOR D42 E2 117/100 3", "beyond"],
    ["OTHER ZZ-NOR D42 E2 017/100 B", "otherBrand"],
  ]) assert.deepEqual(parseNumber(typed, LOOM), { fault }, typed);
  // One wrong digit of the design: the design is among the parts that explain it.
  const { fault } = parseNumber("LOOM ZZ-NOR D43 E2 017/100 U", LOOM);
  assert.ok(fault.check.includes("design") && !fault.check.includes("code"), JSON.stringify(fault));
});

test("numbers are read as the program reads them", { skip: !data("vectors/own/brand.json") && "no vectors" }, () => {
  const vectors = json(data("vectors/own/brand.json"));
  const brandOf = ({ code, scope }) => code ? { code, scope } : null;
  for (const { text, check } of vectors.check) assert.equal(checkCharacter(text), check);
  for (const one of vectors.numbers) {
    const number = { brand: brandOf(one), design: null, edition: null, serial: null, maximum: null };
    for (const name of ["design", "edition", "serial", "maximum"]) number[name] = one[name] ?? null;
    assert.equal(printNumber(number), one.printed);
    for (const typed of [one.printed, ...one.typed]) assert.deepEqual(parseNumber(typed, number.brand), { number }, typed);
  }
  for (const one of vectors.wrong) assert.deepEqual(parseNumber(one.typed, brandOf(one)), { fault: one.fault }, one.typed);
});

test("identifiers are read as the program reads them", { skip: !data("vectors/own/identifier.json") && "no vectors" }, () => {
  const vectors = json(data("vectors/own/identifier.json"));
  for (const one of vectors.written) {
    const number = { brand: null, design: null, edition: null, serial: null, maximum: null };
    for (const name of ["design", "edition", "serial", "maximum"]) number[name] = one[name] ?? null;
    const root = one.letters ? { letters: one.letters } : { address: placeOf(one.place, one) };
    assert.equal(printIdentifier({ ...root, number }), one.identifier);
    const read = { ...root, ...(root.address && { address: root.address.toLowerCase() }), number: { ...number, maximum: null } };
    for (const typed of [one.identifier, ...one.typed ?? []]) assert.deepEqual(parseIdentifier(typed), read, typed);
  }
  for (const { typed, fault } of vectors.none) assert.deepEqual(parseIdentifier(typed), { fault }, typed);
  for (const { printed, typed } of json(data("vectors/own/brand.json")).numbers) {
    for (const text of [printed, ...typed]) assert.deepEqual(parseIdentifier(text), { fault: "form" }, text);
  }
});

test("every single wrong character of a number is noticed", () => {
  const printed = printNumber(NUMBER);
  for (let at = 0; at < printed.length - 1; at++) {
    if (!/[0-9A-Z]/.test(printed[at])) continue;
    for (const other of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
      const alike = (letter) => letter.replace("O", "0").replace(/[IL]/, "1");
      if (alike(other) === alike(printed[at])) continue;
      const bent = printed.slice(0, at) + other + printed.slice(at + 1);
      assert.ok(parseNumber(bent, LOOM).fault, bent);
    }
  }
});

test("the evidence of a PNG is the text of its one chunk, packed or not", async () => {
  const EVIDENCE = '{"record":"e30=","proof":"a\\n\\n— b"}';
  for (const one of [itxt(EVIDENCE), itxt(EVIDENCE, { packed: true }), itxt(EVIDENCE, { packed: true, language: "en" })]) {
    assert.equal(await carried.fromPng(png(itxt("{}", { name: "Title" }), one)), EVIDENCE);
  }
  const why = async (bytes) => carried.fromPng(bytes).then(() => "read", (error) => error.message);
  assert.equal(await why(png()), "none");
  assert.equal(await why(png(itxt("{}"), itxt("{}"))), "several");
  // Behind the image too.
  const late = png(itxt("{}"));
  assert.equal(await why(Buffer.concat([late.subarray(0, -12), itxt("{}"), late.subarray(-12)])), "several");
  const whole = png(itxt(EVIDENCE));
  for (let at = 8; at < whole.length; at++) assert.equal(await why(whole.subarray(0, at)), "not-readable", `cut at ${at}`);
  // A gibibyte of blanks that is packed small is given up.
  const bomb = itxt(Buffer.alloc(40 << 20, 32), { packed: true });
  assert.equal(await why(png(bomb)), "not-readable");
  for (let at = 0; at < whole.length; at++) {
    for (const bit of [1, 0x20, 0x80]) {
      const bent = Buffer.from(whole);
      bent[at] ^= bit;
      await why(bent);
    }
  }
});

test("files are told apart by what is in them", () => {
  const sort = (content, name = "x") => carried.sortOf({ name, bytes: Uint8Array.from(Buffer.from(content)) });
  for (const [content, expected] of [
    [png(), "png"], [svg("{}"), "svg"], [svg("{}", "<!-- a badge -->"), "svg"], ["<!doctype html><html><svg></svg></html>", "html"],
    ["<s:svg xmlns:s='x'/>", "svg"], ["\n {\"a\":1}", "json"], ["PK\u0003\u0004", "zip"], [Buffer.from("ffd8ffe0", "hex"), "photograph"],
    ["RIFF0000WEBPVP8 ", "photograph"], ["", "other"], ["hello", "other"], ["<h1>", "html"],
  ]) assert.equal(sort(content), expected, String(content).slice(0, 40));
  assert.equal(sort("x", "did.jsonl"), "did.jsonl");
  assert.equal(sort("x", "ABC.tlog-proof"), "tlog-proof");
});

test("the list of a pack names what is missing and what was altered", () => {
  const hex = (letter) => letter.repeat(64);
  const files = new Map([["a", { digest: hex("a") }], ["b", { digest: hex("c") }]]);
  const list = `${hex("a")}  a\n${hex("b")}  b\n${hex("d")}  records/d.json\n${hex("e")}  README.txt\n`;
  assert.deepEqual(carried.compareList(list, files), { count: 4, missing: ["records/d.json"], altered: ["b"] });
  assert.equal(carried.compareList("nothing\n", files), null);
  assert.equal(carried.compareList("", files), null);
});
