// "Check in this browser": the same four checks as `jiannuo verify`, with WebCrypto and nothing else.
// The canonical text is never rebuilt: the proof carries it, and the page's facts are compared with what it says.
// A check that this browser cannot make stays open and is said to be open; it never counts as passed.
"use strict";
(() => {
  const list = document.getElementById("jn-checks");
  const button = document.getElementById("jn-verify");
  const verdict = document.getElementById("jn-verdict");
  if (!list || !button) return;
  if (!window.crypto || !crypto.subtle) { // an old browser, or a page that came over plain http
    verdict.textContent = verdict.dataset.old;
    return;
  }
  button.hidden = false;

  const utf8 = new TextEncoder();
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const joined = (...parts) => {
    const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const part of parts) { out.set(part, at); at += part.length; }
    return out;
  };
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
  const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
  const node = (left, right) => sha256(Uint8Array.of(1), left, right); // RFC 6962 section 2.1

  // Numbers of leaves can exceed 32 bits, so they are halved by division, not by shifts.
  const half = (n) => Math.floor(n / 2);

  function parse(file) { // C2SP tlog-proof
    const cut = file.indexOf("\n\n");
    const lines = file.slice(0, cut).split("\n");
    if (lines[0] !== "c2sp.org/tlog-proof@v1" || !lines[1].startsWith("extra ") || !lines[2].startsWith("index ")) {
      throw new Error("not a proof");
    }
    const extra = JSON.parse(new TextDecoder().decode(bytesOf(lines[1].slice(6))));
    return { extra, index: Number(lines[2].slice(6)), path: lines.slice(3).map(bytesOf), note: file.slice(cut + 2) };
  }

  function head(note) { // C2SP tlog-checkpoint
    const cut = note.indexOf("\n\n");
    const text = note.slice(0, cut + 1);
    const [origin, size, root] = text.split("\n");
    const signatures = note.slice(cut + 2).split("\n").filter((line) => line.startsWith("— ")).map((line) => {
      const at = line.lastIndexOf(" ");
      return { name: line.slice(2, at), bytes: bytesOf(line.slice(at + 1)) };
    });
    return { text, origin, size: Number(size), root: bytesOf(root), signatures };
  }

  async function rootFrom(leaf, index, size, path) { // RFC 9162 section 2.1.3.2
    if (index >= size) return null;
    let fn = index, sn = size - 1, hash = leaf;
    for (const given of path) {
      if (sn === 0) return null;
      if (fn % 2 === 1 || fn === sn) {
        hash = await node(given, hash);
        while (fn % 2 === 0 && fn !== 0) { fn = half(fn); sn = half(sn); }
      } else {
        hash = await node(hash, given);
      }
      fn = half(fn); sn = half(sn);
    }
    return sn === 0 ? hash : null;
  }

  async function signed(checkpoint, vkeys) { // true, false, or null where this browser cannot tell
    // One key a line: an older epoch has another name, and after a rotation an older signature another key.
    let answer = false;
    for (const line of vkeys.trim().split("\n")) {
      answer = await signedBy(checkpoint, line);
      if (answer !== false) break;
    }
    return answer;
  }

  async function signedBy(checkpoint, vkey) {
    const [name, , encoded] = splitKey(vkey.trim());
    const key = bytesOf(encoded);
    const id = (await sha256(utf8.encode(name + "\n"), key)).slice(0, 4);
    const found = checkpoint.signatures.find((s) => s.name === name && equal(s.bytes.slice(0, 4), id));
    if (!found || name !== checkpoint.origin || key[0] !== 1) return false;
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key.slice(1), { name: "Ed25519" }, false, ["verify"]);
    } catch (error) {
      return null;
    }
    return crypto.subtle.verify({ name: "Ed25519" }, imported, found.bytes.slice(4), utf8.encode(checkpoint.text));
  }

  function splitKey(text) { // the base64 of a key may itself hold plus signs
    const first = text.indexOf("+"), second = text.indexOf("+", first + 1);
    return [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
  }

  function sorted(value) { // for comparing, whatever the order of keys
    if (Array.isArray(value)) return value.map(sorted);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
    }
    return value;
  }
  const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

  function eyeReads(facts) { // what a person reads must be what was compared
    const shown = document.getElementById("main").innerText.replace(/\s/g, "");
    const texts = [facts.title, facts.number, facts.body_name, facts.organ_name, facts.document_number, facts.finding];
    return texts.every((text) => !text || shown.includes(String(text).replace(/\s/g, "")));
  }

  function mark(check, holds) {
    const item = list.querySelector(`[data-check="${check}"]`);
    item.className = holds === null ? "is-open" : holds ? "is-done" : "is-wrong";
    return holds;
  }

  async function run() {
    verdict.textContent = verdict.dataset.running;
    delete verdict.dataset.holds;
    for (const item of list.children) item.className = "is-open";
    const [file, key] = await Promise.all([list.dataset.proof, list.dataset.key].map(async (address) => {
      const answer = await fetch(address, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }));
    const proof = parse(file);
    const page = JSON.parse(document.getElementById("jn-facts").textContent);
    const said = JSON.parse(proof.extra.text);
    const results = [mark("page", page.ref === said.subject && same(page.facts, said.facts) && eyeReads(page.facts))];
    const prefix = utf8.encode(`jiannuo/${proof.extra.part}\0`);
    const mine = await sha256(prefix, bytesOf(proof.extra.salt), utf8.encode(proof.extra.text));
    const other = bytesOf(proof.extra.other);
    const isPublic = proof.extra.part === "public";
    const leaf = joined(Uint8Array.of(1), isPublic ? mine : other, isPublic ? other : mine);
    results.push(mark("leaf", isPublic && other.length === 32));
    const checkpoint = head(proof.note);
    const root = await rootFrom(await sha256(Uint8Array.of(0), leaf), proof.index, checkpoint.size, proof.path);
    results.push(mark("root", root !== null && equal(root, checkpoint.root)));
    results.push(mark("signature", await signed(checkpoint, key)));
    const say = results.includes(false) ? "no" : results.includes(null) ? "part" : "yes";
    verdict.textContent = verdict.dataset[say];
    verdict.dataset.holds = say;
    list.dataset.result = say;
  }

  button.addEventListener("click", () => {
    button.disabled = true;
    run().catch(() => { verdict.textContent = verdict.dataset.unread; list.dataset.result = "unread"; })
      .finally(() => { button.disabled = false; });
  });
})();
