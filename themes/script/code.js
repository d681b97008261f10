// Codes to pay with: the texts of src/model/payment.rs with the amount of the order, drawn by the library before this.
(function (own) {
  "use strict";
  const field = (tag, value) => tag + String(Array.from(value).length).padStart(2, "0") + value;

  // CRC-16 with polynomial 0x1021 and initial value 0xFFFF, over the bytes of the text.
  const checksum = (text) => {
    let sum = 0xffff;
    for (const byte of new TextEncoder().encode(text)) {
      sum ^= byte << 8;
      for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000 ? ((sum << 1) ^ 0x1021) & 0xffff : (sum << 1) & 0xffff;
    }
    return sum.toString(16).toUpperCase().padStart(4, "0");
  };

  // The text of a code. `amount` is in major units or null, `reference` has letters and digits.
  own.codeText = (pay, amount, reference) => {
    if (pay.kind === "epc") {
      const lines = ["BCD", "002", "1", "SCT", pay.bic, pay.holder, pay.iban, amount === null ? "" : "EUR" + amount, "", "", reference];
      return lines.join("\n").replace(/\n+$/, "");
    }
    let text = "000201" + (pay.tells ? field("01", amount === null ? "11" : "12") : "") + pay.head;
    if (amount !== null) text += field("54", amount);
    text += pay.tail;
    const said = pay.tag ? reference || pay.empty : null;
    if (said) text += field("62", field(pay.tag, said));
    text += "6304";
    return text + checksum(text);
  };

  // The code as a picture with its quiet zone, dark on white.
  own.codePicture = (text, label) => {
    qrcode.stringToBytes = qrcode.stringToBytesFuncs["UTF-8"];
    const code = qrcode(0, "M");
    code.addData(text, "Byte");
    code.make();
    const QUIET = 4, width = code.getModuleCount(), side = width + 2 * QUIET;
    let path = "";
    for (let y = 0; y < width; y++) {
      for (let x = 0; x < width; x++) {
        if (!code.isDark(y, x)) continue;
        const from = x;
        while (x + 1 < width && code.isDark(y, x + 1)) x++;
        path += "M" + (from + QUIET) + " " + (y + QUIET) + "h" + (x - from + 1) + "v1H" + (from + QUIET) + "z";
      }
    }
    const SVG = "http://www.w3.org/2000/svg";
    const make = (name, values) => {
      const element = document.createElementNS(SVG, name);
      for (const key of Object.keys(values)) element.setAttribute(key, values[key]);
      return element;
    };
    const svg = make("svg", { class: "qr", role: "img", "aria-label": label, viewBox: "0 0 " + side + " " + side, "shape-rendering": "crispEdges" });
    svg.append(make("path", { fill: "#fff", d: "M0 0h" + side + "v" + side + "H0z" }), make("path", { fill: "#000", d: path }));
    return svg;
  };
})(window.selvedge = window.selvedge || {});
