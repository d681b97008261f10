// A small shop in many scripts, for looking at how each is set. Words in scripts whose languages belong to
// real peoples are rows of the syllabary or alphabet and mean nothing.
//
//   node tests/browser/make-scripts-site.mjs FOLDER [THEME]
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./support.mjs";

/** Language, a name for the shop, a line, and a sentence. */
export const SCRIPTS = [
  ["ar", "دار النسيج", "صابون وكتان من ورشة صغيرة واحدة", "ننسج في الصباح ما دام الضوء جيدًا، ونصنع الصابون حين لا يكون كذلك. كل قطعة *تُصنع* باليد."],
  ["en", "House of Cloth", "Soap and linen from one small workshop", "We weave in the morning while the light is good, and make soap *when* it is not."],
  ["he", "בית האריג", "סבון ופשתן מסדנה קטנה אחת", "אנחנו אורגים בבוקר כשהאור טוב, ומכינים סבון *כשאינו* טוב."],
  ["hi", "कपड़े का घर", "एक छोटी कार्यशाला से साबुन और लिनन", "हम सुबह बुनते हैं जब रोशनी अच्छी होती है, और जब नहीं होती तब *साबुन* बनाते हैं।"],
  ["am", "የጨርቅ ቤት", "ሳሙና እና በፍታ ከአንዲት ትንሽ ቤት", "ብርሃን ጥሩ ሲሆን ጠዋት እንሸምናለን፤ ካልሆነ *ሳሙና* እንሠራለን።"],
  ["th", "บ้านผ้าทอ", "สบู่และผ้าลินินจากโรงงานเล็ก ๆ", "เราทอผ้าตอนเช้าเมื่อแสงดี และทำ*สบู่*เมื่อแสงไม่ดี"],
  ["vi", "Nhà Vải Lanh", "Xà phòng và vải lanh từ một xưởng nhỏ", "Chúng tôi dệt vào buổi sáng khi ánh sáng còn đẹp, và nấu *xà phòng* khi trời tối."],
  ["ja", "布の家", "小さな工房の石けんと麻布", "光のよい朝に織り、そうでないときは*石けん*を作ります。"],
  ["chr", "ᎠᎡᎢᎣᎤᎥ", "ᎦᎨᎩ ᎪᎫᎬ ᎭᎮᎯ", "ᎳᎴᎵ ᎶᎷᎸ, ᎹᎺᎻ *ᎼᎽ* ᎾᏁᏂ."],
  ["iu", "ᐁᐃᐄᐅᐆ", "ᐯᐱᐲ ᐳᐴ ᑌᑎᑏ", "ᑐᑑ ᑕᑖ, ᑫᑭᑮ *ᑯᑰ* ᑲᑳ."],
];

export const makeScriptsSite = (folder, theme = "daylight") => {
  const toml = (at) => `{ ${SCRIPTS.map((row) => `${row[0]} = ${JSON.stringify(row[at])}`).join(", ")} }`;
  const write = (path, text) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("site.toml", `languages = ${JSON.stringify(SCRIPTS.map(([tag]) => tag))}
currency = "EUR"
base_url = "https://cloth.example/"
theme = "${theme}"
name = ${toml(1)}
tagline = ${toml(2)}
description = ${toml(2)}
photo = "photos/cover.jpg"
photo_alt = ${toml(2)}
[look]
accent = "#2f5d50"
[order]
email = "a@cloth.example"
[maker]
id = "maker"
name = ${toml(1)}
place = ${toml(2)}
description = ${toml(2)}
photo = "photos/cover.jpg"
photo_alt = ${toml(1)}
[terms.category.cloth]
name = ${toml(1)}
[terms.category.soap]
name = ${toml(2)}
`);
  const sample = join(ROOT, "themes/starter");
  mkdirSync(join(folder, "photos"), { recursive: true });
  copyFileSync(join(sample, "cloth.jpg"), join(folder, "photos/cover.jpg"));
  for (const [id, photo, category] of [["towel", "cloth.jpg", "cloth"], ["bowl", "bowl.jpg", "soap"]]) {
    mkdirSync(join(folder, "products", id), { recursive: true });
    copyFileSync(join(sample, photo), join(folder, "products", id, photo));
    const head = `+++
name = ${toml(1)}
description = ${toml(2)}
price = "28.00 EUR"
stock = 3
category = "${category}"
materials = [${toml(1)}]
size = ${toml(2)}
photos = [{ file = "${photo}", alt = ${toml(1)} }]
+++
`;
    const [first, ...others] = SCRIPTS;
    write(`products/${id}/index.md`, `${head}\n${first[3]}\n\n${first[3]} ${first[3]}\n`);
    for (const [tag, , , text] of others) write(`products/${id}/index.${tag}.md`, `${text}\n\n${text} ${text}\n`);
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) makeScriptsSite(process.argv[2], process.argv[3]);
