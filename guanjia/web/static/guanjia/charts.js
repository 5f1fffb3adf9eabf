// Draws the charts of a page from their json_script; colours come from the tokens, so that dark works.
"use strict";

const DRAWN = new Map();

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

const text = () => ({
  color: token("--ink-quiet"),
  fontFamily: getComputedStyle(document.body).fontFamily,
  fontSize: Math.max(12, rem() * 0.8),
});

// A value that holds until the next: a step line with each value written on its step; where that
// is too narrow, the number alone, since the page names the unit beside the chart.
function steps(data, width) {
  const words = text();
  const narrow = width < words.fontSize * 34;
  const said = (point) => (narrow ? point.value[1].toLocaleString("en-US") : point.shown);
  const marked = data.points.map((p) => ({ value: [p.on, p.value], shown: p.shown }));
  const last = marked[marked.length - 1];
  const passed = data.today > data.points[0].on && data.today < data.end;
  const tail = { value: [data.end, last.value[1]], shown: "", symbolSize: 0 };
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: 8, right: 24, top: words.fontSize * 3, bottom: 8, containLabel: true },
    xAxis: {
      type: "time",
      min: data.points[0].on,
      max: data.end,
      splitNumber: Math.max(2, Math.floor(width / 160)),
      axisLabel: { ...words, hideOverlap: true, formatter: data.words.axis },
      axisLine: { lineStyle: { color: token("--line-strong") } },
      axisTick: { lineStyle: { color: token("--line-strong") } },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      min: 0,
      splitNumber: 3,
      axisLabel: { ...words, formatter: (value) => value.toLocaleString("en-US") },
      splitLine: { lineStyle: { color: token("--line") } },
    },
    series: [
      {
        type: "line",
        step: "end",
        data: [...marked, tail],
        symbol: "circle",
        symbolSize: 9,
        silent: true,
        clip: false,
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: token("--line-strong"), type: "dashed", width: 1 },
          label: { ...words, formatter: data.words.today },
          data: passed ? [{ xAxis: data.today }] : [],
        },
        lineStyle: { width: 2.5, color: token("--primary") },
        itemStyle: { color: token("--primary") },
        areaStyle: { color: token("--primary"), opacity: 0.08 },
        label: {
          ...words,
          show: true,
          position: "top",
          align: "left",
          offset: [-4, -2],
          color: token("--ink"),
          fontWeight: 600,
          backgroundColor: token("--paper"),
          padding: [1, 4],
          formatter: (point) => (point.data.shown ? said(point.data) : ""),
        },
      },
    ],
  };
}

// Sums side by side, from nought, each with its value on it, savings below; the newest stands out, unless all are even.
function bars(data, width) {
  const words = text();
  const last = data.points.length - 1;
  const narrow = width / data.points.length < 84;
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: 8, right: 8, top: words.fontSize * 2.4, bottom: 4, containLabel: true },
    xAxis: {
      type: "category",
      data: data.points.map((p) => (narrow ? p.name.replace(/年| /, "$&\n") : p.name)),
      axisLabel: { ...words, interval: narrow && last > 5 ? "auto" : 0 },
      axisLine: { lineStyle: { color: token("--line-strong") } },
      axisTick: { show: false },
    },
    yAxis: { type: "value", min: (value) => Math.min(0, value.min), show: false },
    series: [
      {
        type: "bar",
        barMaxWidth: 72,
        silent: true,
        data: data.points.map((p, at) => ({
          value: p.value,
          shown: p.shown,
          label: { position: p.value < 0 ? "bottom" : "top" },
          itemStyle: { color: token(data.even || at === last ? "--primary" : "--line-strong") },
        })),
        label: { ...words, show: true, color: token("--ink"), formatter: (bar) => bar.data.shown },
      },
    ],
  };
}

// Shares of a hundred across, the smallest on top, each with its value, the target as a line; as high as it has rows.
function across(data, width, place) {
  const words = text();
  const high = words.fontSize * (data.points.length * 2 + 3);
  place.style.height = `${high}px`;
  const line = data.target === null ? [] : [{ xAxis: data.target }];
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: 8, right: words.fontSize * 5, top: words.fontSize * 2, bottom: 4, containLabel: true },
    xAxis: { type: "value", min: 0, max: 100, show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: data.points.map((p) => p.name),
      axisLabel: { ...words, interval: 0, width: width / 3, overflow: "truncate" },
      axisLine: { lineStyle: { color: token("--line-strong") } },
      axisTick: { show: false },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: words.fontSize * 1.2,
        silent: true,
        data: data.points.map((p) => ({ value: p.value, shown: p.shown })),
        itemStyle: { color: token("--primary") },
        label: { ...words, show: true, position: "right", color: token("--ink"), formatter: (bar) => bar.data.shown },
        markLine: {
          silent: true,
          symbol: "none",
          lineStyle: { color: token("--ink-quiet"), type: "dashed", width: 1 },
          label: { ...words, position: "start", formatter: data.words.target },
          data: line,
        },
      },
    ],
  };
}

const KINDS = { across, bars, steps };

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = DRAWN.get(place) ?? echarts.init(place, null, { renderer: "svg" });
  DRAWN.set(place, chart);
  const drawn = KINDS[data.kind](data, place.clientWidth, place);
  chart.resize();
  chart.setOption(drawn, true);
}

const everyone = () => document.querySelectorAll("[data-chart]").forEach(draw);

let waiting = 0;
function later() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(everyone);
}

everyone();
window.addEventListener("resize", later);
window.addEventListener("beforeprint", everyone);
window.addEventListener("afterprint", later);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", later);
document.addEventListener("htmx:afterSettle", later);
document.addEventListener("toggle", later, true);
