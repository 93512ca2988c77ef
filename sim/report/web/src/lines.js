// What charts of many lines share.

export const line_series = (colours, each, i) => ({
  type: "line", name: each.name, showSymbol: false, data: each.points,
  lineStyle: { width: 1.75, color: colours.series(i).colour, type: colours.series(i).dash },
  itemStyle: { color: colours.series(i).colour },
  emphasis: { focus: "series" },
});

export const line_legend = (colours, lines) =>
  lines.map((each, i) => ({ name: each.name, ...colours.series(i) }));
