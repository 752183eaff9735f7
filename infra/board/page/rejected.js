// Rejected events, mended by who has the operator's token. What was rejected is hostile: it is only ever set as text.
// An order is tried first, which sends nothing; only what was tried can be done, and it is proved again then.
"use strict";

const TOKEN = "fieldtally.operator.token";
const BY = "fieldtally.operator.by";
const OPERATIONS = { replace: "thay / replace", add: "thêm / add", remove: "bỏ / remove" };
const DONE = { "rejected.fixed": "Sửa", "rejected.replayed": "Gửi lại", "rejected.dropped": "Bỏ qua", "rejected.sent": "Đã gửi" };
let codes = null; // titles of standings and of reasons for doing something, as the board tells them
let drawn = 0; // so that a slow answer does not draw over a newer view

class Fault extends Error {
  constructor(status, vi, en) {
    super(en);
    Object.assign(this, { status, vi, en });
  }
}

async function ask(name, body) {
  let answer;
  try {
    answer = await fetch(`rejected/${name}`, {
      cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
      ...(body && {
        method: "POST", body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` },
      }),
    });
  } catch {
    throw new Fault(0, "Bảng không trả lời: thử lại sau.", "The board does not answer: try again later; to do the same again is harmless.");
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({ vi: "Bảng có lỗi.", en: `The board has a fault (${answer.status}): see its log.` }));
  throw new Fault(answer.status, said.vi, said.en);
}

const asked = async (name, body = {}) => (await ask(name, body)).json();

// Says a sentence above the view; both empty for none.
function say(vi, en, bad = false) {
  at("said").hidden = !vi;
  at("said").className = bad ? "bad" : "";
  at("said").replaceChildren(both(vi, en));
  if (vi) at("said").scrollIntoView({ block: "nearest" });
}

function fail(error) {
  if (!(error instanceof Fault)) throw error;
  say(error.vi, error.en, true);
  if (error.status === 401 || error.status === 403) login();
}

function login() {
  sessionStorage.removeItem(TOKEN);
  codes = null;
  drawn += 1;
  at("view").replaceChildren();
  at("who").textContent = "";
  at("by").value = sessionStorage.getItem(BY) ?? "";
  at("login").hidden = false;
}

function titled(name, vi, en, content = []) {
  const made = element(name);
  made.append(both(vi, en), ...content);
  return made;
}

function field(vi, en, input) {
  return titled("label", vi, en, [input]);
}

function chip(standing, count) {
  const [vi, en] = codes.standings[standing];
  return element("span", `${vi}${count === undefined ? "" : ` ${number.format(count)}`}`, { className: `chip ${standing}`, title: en });
}

function link(hash, parts, figure) {
  const made = element("a", undefined, { href: hash });
  const left = element("span");
  left.append(...parts);
  made.append(left, element("b", figure));
  return made;
}

const when = (text) => new Date(text).toLocaleString("vi-VN", { dateStyle: "short", timeStyle: "short" });
const why = (code) => (code in codes.why ? codes.why[code][0] : code);

// The view that the address names: all reasons, one reason, or one event. What it names stays in the browser.
async function show() {
  if (!sessionStorage.getItem(TOKEN)) {
    login();
    return ask("on").then(() => {}, fail); // it says so where mending is off
  }
  const mine = (drawn += 1);
  const [kind, name] = location.hash.slice(1).split("=").map(decodeURIComponent);
  try {
    if (codes === null || !kind) {
      const all = await asked("groups");
      codes = all;
      if (mine === drawn && !kind) draw(groups(all));
    }
    if (kind === "reason") {
      const list = await asked("list", { reason: name });
      if (mine === drawn) draw(reason(name, list));
    } else if (kind === "event") {
      const event = await asked("one", { origin: name });
      if (mine === drawn) draw(one(event));
    }
  } catch (error) {
    if (mine === drawn) fail(error);
  }
}

function draw(parts) {
  at("login").hidden = true;
  const leave = element("button", undefined, { type: "button", id: "leave" });
  leave.append(both("Thoát", "Leave"));
  leave.addEventListener("click", () => { say("", ""); login(); });
  at("who").replaceChildren(both(`${sessionStorage.getItem(BY)}.`, ""), leave);
  at("view").replaceChildren(...parts);
}

function groups({ groups: found }) {
  const rows = element("div", undefined, { className: "rows", id: "groups" });
  for (const each of found) {
    const chips = element("span");
    chips.append(...Object.entries(each.standings).map(([standing, count]) => chip(standing, count)));
    const row = link(`#reason=${encodeURIComponent(each.reason)}`, [both(...each.title), chips, element("small", `${each.reason} · ${when(each.first)} – ${when(each.last)}`)], number.format(each.count));
    row.dataset.reason = each.reason;
    rows.append(row);
  }
  if (!found.length) rows.append(titled("p", "Không có sự kiện nào bị từ chối.", "Nothing was rejected."));
  return [titled("h2", "Theo lý do", "By reason"), rows];
}

function reason(name, { title, count, lines }) {
  const rows = element("div", undefined, { className: "rows", id: "events" });
  rows.dataset.reason = name;
  for (const each of lines) {
    const row = link(`#event=${encodeURIComponent(each.origin)}`, [element("span", each.origin), element("small", `${when(each.since)} ${each.path} ${each.rule}${each.by ? ` · ${each.by}: ${why(each.why)}` : ""}`)], "");
    row.lastChild.append(chip(each.standing));
    row.dataset.origin = each.origin;
    rows.append(row);
  }
  const parts = [back("#", "Mọi lý do", "All reasons"), titled("h2", ...title), element("p", `${number.format(count)} · ${name}`)];
  if (lines.some((each) => each.standing === "open" || each.standing === "begun")) {
    parts.push(ordering([["replay-all", "Gửi lại tất cả những sự kiện nay đã hợp lệ", "Send all of them again that are valid by now"]], () => ({ reason: name })));
  }
  parts.push(rows);
  if (count > lines.length) parts.push(titled("p", `và ${number.format(count - lines.length)} sự kiện khác`, "and more; `fieldtally rejected list` has all"));
  return parts;
}

function one({ line, title, key, headers, value, size, steps, returned, settled }) {
  const facts = element("dl");
  const fact = (vi, en, ...content) => facts.append(titled("dt", vi, en), wrap("dd", content));
  fact("Tình trạng", "Standing", chip(line.standing));
  fact("Từ lúc", "Since", when(line.since));
  if (line.path || line.rule) fact("Chỗ sai", "Where", `${line.path} ${line.rule}`);
  fact("Chủ đề, khóa", "Topic, key", `${line.topic || "–"}, ${key}`);
  for (const [name, text] of headers) fact(name, "header", text);
  const parts = [back(`#reason=${encodeURIComponent(line.reason)}`, "Cùng lý do", "Same reason"), titled("h2", ...title), element("p", line.origin, { id: "origin" }), facts,
    titled("h2", "Nội dung như đã đến", `As it came, ${number.format(size)} bytes; personal values masked`), element("pre", value, { id: "value" })];
  if (steps.length) parts.push(titled("h2", "Đã làm gì", "What was done"), wrap("ul", steps.map(step)));
  if (returned) parts.push(titled("p", "Bộ đếm đã tự gửi lại.", `The counter sent it back itself, under the contracts ${returned}.`));
  if (line.again) parts.push(wrap("p", [element("a", `→ ${line.again}`, { href: `#event=${encodeURIComponent(line.again)}` })]));
  if (settled) parts.push(titled("p", "Không còn gì để làm.", settled));
  else parts.push(mending(line, headers.length));
  return parts;
}

function step(each) {
  const made = wrap("li", [both(`${when(each.time)} · ${DONE[each.type]} · ${each.by} · ${why(each.why)}`, each.type)]);
  if (each.sending.event) made.append(titled("div", "Đã gửi tới", `sent to ${each.sending.topic}`), element("pre", each.sending.event));
  return made;
}

function wrap(name, content, more = {}) {
  const made = element(name, undefined, more);
  made.append(...content);
  return made;
}

function back(hash, vi, en) {
  const to = element("a", undefined, { href: hash });
  to.append("← ", both(vi, en));
  return wrap("nav", [to]);
}

// What can be done about one event.
function mending(line) {
  const origin = line.origin;
  if (line.standing === "begun") return ordering([["replay", "Làm tiếp việc đã quyết định", "Go on with what was decided"]], () => ({ origin }));
  const { patch, renumber, editor } = patching(line);
  const choices = [["fix", "Sửa rồi gửi", "Mend and send"], ["replay", "Gửi lại như đã đến", "Send as it came"], ["drop", "Bỏ qua: không ai xử lý", "Drop: nobody will mend it"]];
  return ordering(choices, (order) => (order === "fix" ? { origin, patch: patch.value, renumber: renumber.checked } : { origin }), editor);
}

// The patch, and beside it fields that write its operations.
function patching(line) {
  const patch = element("textarea", undefined, { id: "patch", spellcheck: false, value: "[]" });
  const renumber = element("input", undefined, { type: "checkbox", id: "renumber", checked: line.reason === "conflict" });
  const op = wrap("select", Object.entries(OPERATIONS).map(([name, title]) => new Option(title, name)), { id: "op" });
  const path = element("input", undefined, { id: "path", value: pointer(line.path), autocapitalize: "none", spellcheck: false });
  const value = element("input", undefined, { id: "new", autocapitalize: "none", spellcheck: false });
  const add = titled("button", "Thêm vào bản vá", "Add to the patch");
  Object.assign(add, { type: "button", id: "add" });
  add.addEventListener("click", () => {
    const made = { op: op.value, path: path.value, ...(op.value === "remove" ? {} : { value: parsed(value.value) }) };
    let steps;
    try {
      steps = JSON.parse(patch.value || "[]");
    } catch {
      return say("Bản vá không phải JSON.", "The patch is no JSON.", true);
    }
    patch.value = JSON.stringify([...steps, made], null, 1);
    patch.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const steps = wrap("div", [field("Việc", "Operation", op), field("Trường", "Path", path), field("Giá trị mới", "New value: a text, or JSON", value), add], { className: "step" });
  const editor = wrap("div", [steps, field("Bản vá JSON (RFC 6902)", 'JSON patch; of bytes that are no JSON: path "" and the whole event', patch),
    wrap("label", [renumber, titled("span", "Cho số thứ tự riêng", "Give it a number of its own: another event, or no number that can be read")], { className: "choice" })]);
  return { patch, renumber, editor };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// `$.data.items[0].kind` as JSON pointer `/data/items/0/kind`.
const pointer = (path) => path.replace(/^\$/, "").replace(/\[(\d+)\]/g, ".$1").replaceAll(".", "/");

// A form that tries an order, shows what would become of it, and does it then.
function ordering(choices, more, editor) {
  const kinds = choices.map(([name, vi, en], index) => {
    const radio = element("input", undefined, { type: "radio", name: "order", value: name, checked: index === 0 });
    return wrap("label", [radio, titled("span", vi, en)], { className: "choice" });
  });
  const reasons = wrap("select", [new Option("– chọn / choose –", ""), ...Object.entries(codes.why).map(([code, [vi, en]]) => new Option(`${vi} / ${en}`, code))], { id: "why", required: true });
  const attempt = titled("button", "Thử trước, chưa gửi gì", "Try first, sends nothing");
  attempt.id = "try";
  const outcome = element("div", undefined, { id: "outcome" });
  const form = wrap("form", [titled("h2", "Xử lý", "What to do"), wrap("fieldset", [titled("legend", "Cách", "How"), ...kinds]), ...(editor ? [editor] : []), field("Vì sao", "Why: it is recorded with your account", reasons), attempt, outcome], { id: "ordering" });
  const chosen = () => form.elements.order.value ?? choices[0][0];
  form.addEventListener("input", () => {
    outcome.replaceChildren();
    if (editor) editor.hidden = chosen() !== "fix";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const order = { order: chosen(), by: sessionStorage.getItem(BY), why: reasons.value, ...more(chosen()) };
    outcome.replaceChildren(titled("p", "Đang thử…", "Trying…"));
    attempt.disabled = true;
    say("", "");
    try {
      outcome.replaceChildren(...tried(order, await asked("try", order), outcome));
    } catch (error) {
      refuse(outcome, error);
    }
    attempt.disabled = false;
    outcome.scrollIntoView({ block: "nearest" });
  });
  return form;
}

function tried(order, proof, outcome) {
  if (proof.settled) return [titled("p", "Không còn gì để làm.", proof.settled)];
  const parts = [];
  if (order.order === "replay-all") parts.push(titled("p", `${number.format(proof.sends)} gửi được; ${number.format(proof.invalid)} vẫn chưa hợp lệ.`, `${proof.sends} can be sent; ${proof.invalid} are still not valid as they are.`));
  if (order.order === "drop") parts.push(titled("p", "Sẽ ghi: không ai xử lý. Sự kiện vẫn còn đó.", "It would be noted that nobody will mend it. It stays, and can still be mended."));
  if (proof.waits) parts.push(titled("p", "Nó chờ bản đồ hoặc phiên bản mới: nếu tự hợp lệ thì vẫn được đếm.", "It waits for a map or a version: should it become valid by itself, it counts all the same."));
  if (proof.begun) parts.push(titled("p", `${number.format(proof.begun)} đã được quyết định trước: quyết định đó được thực hiện.`, `${proof.begun} decided before: that decision is carried out.`));
  for (const each of proof.shown.filter(({ event }) => event)) {
    const valid = titled("summary", `Hợp lệ, sẽ gửi tới ${each.topic}`, `${each.origin} is valid and would be sent there`);
    parts.push(wrap("details", [valid, element("pre", each.event)], { open: proof.sends === 1 }));
  }
  if (!proof.sends) return parts;
  const go = order.order === "drop" ? titled("button", "Ghi là bỏ qua", "Note it as dropped") : titled("button", `Gửi ${number.format(proof.sends)}`, `Send ${proof.sends}`);
  Object.assign(go, { type: "button", className: "go", id: "do" });
  go.addEventListener("click", () => perform(order, proof.sends, outcome));
  return [wrap("div", parts, { className: "notice" }), go];
}

// Carries an order out, showing how far it is.
async function perform(order, sends, outcome) {
  const bar = element("progress", undefined, { max: sends, value: 0 });
  const far = element("p", `0 / ${number.format(sends)}`);
  outcome.replaceChildren(bar, far);
  try {
    const last = await lines(await ask("do", order), (progress) => {
      bar.value = progress.sent;
      far.textContent = `${number.format(progress.sent)} / ${number.format(progress.of)}`;
    });
    if (last.type === "fault") throw new Fault(422, last.vi, last.en);
    await show();
    if (last.settled) say("Không còn gì để làm.", last.settled);
    else if (last.before) say(`Đã gửi ${number.format(last.sent)} và được xác nhận, có sự kiện theo quyết định trước đó của ${last.before}.`, `${last.sent} sent and confirmed, where ${last.before} decided before as that decision says.`);
    else if (order.order === "drop") say("Đã ghi là bỏ qua.", "It is dropped.");
    else say(`Đã gửi ${number.format(last.sent)} và được xác nhận.`, `${last.sent} sent and confirmed. If the counter refuses one again, its standing tells.`);
  } catch (error) {
    refuse(outcome, error);
  }
}

// Says why an order is not done where it was given; what is no fault of the order is said above.
function refuse(outcome, error) {
  outcome.replaceChildren();
  if (error.status === 422) outcome.append(wrap("p", [both(error.vi, error.en)], { className: "notice bad" }));
  else fail(error);
}

// The last line of an answer that comes line by line; each one before it is given to `step`.
async function lines(answer, step) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let last = null;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const whole = (rest + part.value).split("\n");
      rest = whole.pop();
      for (const line of whole) {
        last = JSON.parse(line);
        if (last.type === "progress") step(last);
      }
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a TypeError is the browser's word for a broken connection
  }
  if (last === null || last.type === "progress") throw new Fault(0, "Mất kết nối giữa chừng: làm lại như vậy, mỗi sự kiện chỉ được đếm một lần.", "The connection broke halfway: do the same again, each event counts once.");
  return last;
}

at("login").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(BY, at("by").value);
  sessionStorage.setItem(TOKEN, at("token").value.trim());
  at("token").value = "";
  say("", "");
  show();
});
window.addEventListener("hashchange", () => { say("", ""); show(); });
show();
