// The report's pages: light or dark, and the player of a trace.
'use strict';

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag, attributes, parent, text) {
  const e = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  if (text !== undefined) e.textContent = text;
  parent.append(e);
  return e;
}

function html(tag, attributes, parent, text) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  if (text !== undefined) e.textContent = text;
  parent.append(e);
  return e;
}

// A page of a file has no storage in some browsers: there the choice lasts as long as the page.
function stored(theme) {
  try {
    if (theme) localStorage.setItem('theme', theme);
    return localStorage.getItem('theme');
  } catch {
    return null;
  }
}

function themes() {
  const root = document.documentElement;
  const button = document.getElementById('theme');
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const say = () => { button.textContent = dark() ? 'Light' : 'Dark'; };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', say);
  if (stored()) root.dataset.theme = stored();
  say();
  button.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    stored(root.dataset.theme);
    say();
  });
}

const LEAST_COLUMN = 190, ROW = 46, TOP = 40;
const BOLD = 1.12;  // how much longer a label gets when its step is shown

// The sequence diagram: a lane for each who takes part, a row for each step. Gives the rows.
function draw(trace, parent, chosen) {
  const height = TOP + ROW * trace.messages.length + 10;
  const picture = svg('svg', {height, role: 'img', 'aria-label': 'sequence diagram'}, parent);
  const titles = trace.lanes.map((lane) => svg('text', {y: 20, 'text-anchor': 'middle'}, picture, lane.title));
  const column = Math.max(LEAST_COLUMN, ...titles.map((title) => title.getComputedTextLength() + 16));
  const width = column * trace.lanes.length;
  const x = {};
  let longest = width;
  trace.lanes.forEach((lane, i) => {
    x[lane.name] = column * (i + 0.5);
    titles[i].setAttribute('x', x[lane.name]);
    svg('line', {x1: x[lane.name], x2: x[lane.name], y1: 28, y2: height, 'stroke-dasharray': '3 4'}, picture);
  });
  const rows = trace.messages.map((m, i) => {
    const y = TOP + ROW * (i + 1) - 14, a = x[m.from], b = x[m.to];
    const row = svg('g', {class: 'step'}, picture);
    svg('rect', {class: 'ground', x: 0, y: y - 30, width, height: ROW - 2}, row);
    const label = `${i + 1}. ${m.label}`;
    if (a === b) {
      svg('path', {d: `M${a} ${y - 6} h24 v12 h-18`}, row);
      svg('path', {class: 'head', d: `M${a + 2} ${y + 6} l7 -4 v8 z`}, row);
    } else {
      const d = Math.sign(b - a);
      svg('line', {x1: a, x2: b - 6 * d, y1: y, y2: y}, row);
      svg('path', {class: 'head', d: `M${b} ${y} l${-8 * d} -4 v8 z`}, row);
    }
    // Where it fits: at the sender's, but inside the picture.
    const text = svg('text', {x: 0, y: y - 10, 'text-anchor': 'start'}, row, label);
    const long = text.getComputedTextLength() * BOLD;
    text.setAttribute('x', Math.max(4, Math.min(Math.min(a, b) + 6, width - long - 4)));
    longest = Math.max(longest, long + 8);
    row.addEventListener('click', () => chosen(i + 1));
    return row;
  });
  picture.setAttribute('width', longest);
  picture.setAttribute('viewBox', `0 0 ${longest} ${height}`);
  for (const ground of picture.querySelectorAll('.ground')) ground.setAttribute('width', longest);
  return rows;
}

function player(figure) {
  const trace = JSON.parse(figure.querySelector('script').textContent);
  const last = trace.messages.length;
  let at = last;  // the state in which it is wrong is seen first
  const bar = html('div', {role: 'group', 'aria-label': 'steps'}, figure);
  const back = html('button', {type: 'button'}, bar, '← back');
  bar.append(' ');
  const on = html('button', {type: 'button'}, bar, 'on →');
  bar.append(' ');
  const where = html('span', {class: 'where', 'aria-live': 'polite'}, bar);
  const stage = html('div', {class: 'stage'}, figure);
  const drawing = html('div', {class: 'drawing', tabindex: '0', 'aria-label': 'sequence diagram'}, stage);
  const side = html('div', {}, stage);
  const changed = html('pre', {class: 'changed', tabindex: '0', 'aria-label': 'what the step changed'}, side);
  const state = html('pre', {class: 'state', tabindex: '0', 'aria-label': 'the state after it'}, side);
  const rows = draw(trace, drawing, go);
  function go(step) {
    at = Math.max(0, Math.min(last, step));
    rows.forEach((row, i) => row.setAttribute('class', i + 1 === at ? 'step now' : i >= at ? 'step later' : 'step'));
    where.textContent = at === 0 ? `before the first of ${last} steps` : `after step ${at} of ${last}`;
    const lines = at === 0 ? [] : trace.messages[at - 1].changed;
    changed.textContent = (at === last ? [...lines, '', ...trace.verdict] : lines).join('\n');
    changed.hidden = changed.textContent === '';
    state.textContent = trace.states[at];
    back.disabled = at === 0;
    on.disabled = at === last;
    if (at > 0) {
      const y = TOP + ROW * at;
      if (y > drawing.scrollTop + drawing.clientHeight || y - ROW < drawing.scrollTop) drawing.scrollTop = y - drawing.clientHeight / 2;
    }
  }
  back.addEventListener('click', () => go(at - 1));
  on.addEventListener('click', () => go(at + 1));
  go(at);
  return {figure, key(name) {
    if (name === 'ArrowRight' || name === 'ArrowDown') go(at + 1);
    else if (name === 'ArrowLeft' || name === 'ArrowUp') go(at - 1);
    else if (name === 'Home') go(0);
    else if (name === 'End') go(last);
    else return false;
    return true;
  }};
}

// Which trace the keys are for: the one that has the focus; else left and right are for that of the section the address
// names.
function keys(players) {
  document.addEventListener('keydown', e => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    if (e.key === 'Escape') {
      const up = document.querySelector('a[rel=up]');
      if (up) location.href = up.href;
      return;
    }
    const inside = players.find(p => p.figure.contains(document.activeElement));
    const target = document.querySelector(':target');
    const meant = inside ?? (e.key === 'ArrowLeft' || e.key === 'ArrowRight' ? players.find(p => target?.contains(p.figure)) : undefined);
    if (meant?.key(e.key)) e.preventDefault();
  });
}

themes();
keys([...document.querySelectorAll('figure.player')].map(player));
