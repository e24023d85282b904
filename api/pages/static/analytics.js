// The pictures of the analytics page. The tables under them hold the same numbers.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)").matches;
// Scripts set no inline styles under the content policy, so charts are drawn on a canvas.
const draw = (place, option) => {
  const chart = echarts.init(place, dark ? "dark" : null, { renderer: "canvas" });
  chart.setOption({
    backgroundColor: "transparent",
    animation: false,
    aria: { enabled: true, decal: { show: true } },
    tooltip: { trigger: "axis", renderMode: "richText" },
    legend: {},
    ...option,
  });
  addEventListener("resize", () => chart.resize());
};

const percent = (word, key, letters) => ({
  name: word, type: "bar", data: letters.map((line) => line[key].percent),
});

const drawLetters = (place, letters) => draw(place, {
  xAxis: { type: "category", data: letters.map((line) => line.name), axisLabel: { interval: 0, rotate: 20 } },
  yAxis: { type: "value", max: 100, axisLabel: { formatter: "{value} %" } },
  series: [percent("paid", "paid", letters), percent("answered", "answered", letters),
    percent("complained", "complained", letters)],
});

const area = (name, key, nights) => ({
  name, type: "line", stack: "open", areaStyle: {}, showSymbol: false, data: nights.map((night) => night[key]),
});

const drawBook = (place, currency, nights) => draw(place, {
  xAxis: { type: "category", data: nights.map((night) => night.day) },
  yAxis: [{ type: "value", name: currency }, { type: "value", name: "days" }],
  series: [area("overdue", "overdue", nights), area("not due", "not_due", nights),
    { name: "DSO", type: "line", yAxisIndex: 1, showSymbol: false, data: nights.map((night) => night.dso) }],
});

const start = async () => {
  const answer = await fetch("/desk/analytics/data.json");
  if (!answer.ok) return;
  const told = await answer.json();
  const letters = document.getElementById("letters-plot");
  if (letters) drawLetters(letters, told.letters);
  for (const place of document.querySelectorAll("[data-book]")) {
    drawBook(place, place.dataset.book, told.book[place.dataset.book]);
  }
};
start();
