// The live board: takes what `/updates` pushes, and redraws what changed.
"use strict";

const SHOWN = 60; // communes in the table, those with the newest change first; the search finds the others
const LATE_MS = 30_000; // without a word for so long the connection is gone
const communes = new Map();
let columns = [];
let published = null; // server's time of the last change of totals, ms
let skew = 0; // server's clock minus ours, ms
let heard = Date.now();
let dirty = false;

function take(update) {
  heard = Date.now();
  skew = update.now - heard;
  if (update.published) published = update.published;
  if (update.whole) {
    communes.clear();
    columns = update.columns;
    at("news").replaceChildren();
    drawColumns();
  }
  for (const row of update.communes) communes.set(row.id, row);
  if (update.communes.length || update.whole) dirty = true;
  for (const news of update.news) addNews(news);
  if (update.health) drawHealth(update.health);
  if (update.targets) drawTargets(update.targets);
  drawFresh();
}

function drawColumns() {
  const cells = columns.map(([vi, en]) => both(vi, en));
  at("columns").replaceChildren(...[both("Xã", "Commune"), ...cells, both("Sự kiện", "Events")].map((content) => {
    const cell = element("th");
    cell.append(content);
    return cell;
  }));
}

function draw() {
  if (!dirty) return;
  dirty = false;
  const all = [...communes.values()];
  const sum = (field) => number.format(all.reduce((total, row) => total + row[field], 0));
  at("events").textContent = sum("events");
  at("missing").textContent = sum("missing");
  at("communes").textContent = number.format(all.length);
  const wanted = plain(at("search").value);
  const found = all.filter((row) => plain(`${row.name} ${row.province}`).includes(wanted));
  found.sort((a, b) => b.version - a.version || b.events - a.events);
  const newest = found.length ? found[0].version : 0;
  at("rows").replaceChildren(...found.slice(0, SHOWN).map((row) => line(row, newest)));
  const more = found.length - SHOWN;
  at("more").textContent = more > 0 ? `và ${number.format(more)} xã khác / and ${number.format(more)} more` : "";
}

function line(row, newest) {
  const made = element("tr", undefined, { className: row.version === newest ? "fresh" : "" });
  made.dataset.commune = row.id;
  const name = element("td");
  name.append(both(row.name, row.province.replace(/^(Tỉnh|Thành phố) /, "")));
  made.append(name, ...[...row.values, row.events].map((value) => element("td", number.format(value))));
  return made;
}

function addNews(news) {
  const made = element("li");
  made.append(element("b", `+${number.format(news.amount)} `), both(news.vi, news.en), ` · ${news.commune}`);
  at("news").prepend(made);
  while (at("news").children.length > 20) at("news").lastChild.remove();
}

function drawTargets(targets) {
  at("targets").replaceChildren(...targets.map((target) => {
    const made = element("li");
    const top = element("div", undefined, { className: "line" });
    const title = element("span");
    title.append(both(target.title_vi, target.title_en));
    const unit = target.unit === "%" ? "%" : "";
    const reached = target.reached === null ? "–" : number.format(target.reached) + unit;
    top.append(title, element("b", `${reached} / ${number.format(target.target)}${unit}`));
    made.append(top, element("meter", undefined, { min: 0, max: target.target, value: target.reached ?? 0 }));
    made.lastChild.setAttribute("aria-label", target.title_vi);
    return made;
  }));
}

function drawHealth(health) {
  const bad = [];
  if (!health.kafka) bad.push(["Kafka không trả lời: số liệu đứng yên.", "Kafka does not answer: figures stand still."]);
  if (!health.postgres) bad.push(["Postgres không trả lời: mục tiêu có thể cũ.", "Postgres does not answer: targets may be old."]);
  if (!health.prometheus) bad.push(["Prometheus không trả lời: không biết cảnh báo.", "Prometheus does not answer: alerts are unknown."]);
  const pipeline = health.pipeline;
  for (const alert of pipeline ? pipeline.alerts : []) bad.push([alert.vi, alert.en]);
  const good = pipeline && [
    `Đường dữ liệu bình thường: ${said(pipeline.waiting)} bản ghi chờ, ${said(pipeline.rejected)} bị từ chối, ${said(pipeline.differences)} khác nhau.`,
    `Pipeline is well: ${said(pipeline.waiting)} records wait, ${said(pipeline.rejected)} rejected, ${said(pipeline.differences)} differ.`];
  const lines = bad.length ? bad : good ? [good] : [];
  at("health").replaceChildren(...lines.map(([vi, en]) => {
    const made = element("p", undefined, { className: bad.length ? "bad" : "good" });
    made.append(both(vi, en));
    return made;
  }));
}

function drawFresh() {
  const late = Date.now() - heard > LATE_MS;
  at("fresh").classList.toggle("late", late);
  if (late) at("fresh").replaceChildren(both("Mất kết nối, đang thử lại…", "Connection lost, trying again…"));
  else if (published !== null) {
    const seconds = Math.max(0, Math.round((Date.now() + skew - published) / 1000));
    at("fresh").replaceChildren(both(`Cập nhật ${ago(seconds, ["giây", "phút", "giờ"])} trước`, `Updated ${ago(seconds, ["s", "min", "h"])} ago`));
  }
}

function ago(seconds, [s, m, h]) {
  if (seconds < 90) return `${seconds} ${s}`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} ${m}` : `${Math.round(seconds / 3600)} ${h}`;
}

const said = (value) => (value === null || value === undefined ? "–" : number.format(value));
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replaceAll("đ", "d");

at("search").addEventListener("input", () => { dirty = true; draw(); });
const source = new EventSource("updates"); // it connects again by itself, and is then sent everything anew
source.onerror = () => { heard = 0; drawFresh(); };
source.onmessage = (message) => take(JSON.parse(message.data));
setInterval(draw, 250);
setInterval(drawFresh, 1000);
