// Values of measures as people read them, and charts of rows that span from one value to another.

// Shares as per cent; all else in its unit.
export const is_share = (measure) => measure.unit === "share";
export const unit_of = (measure) => (is_share(measure) ? "%" : measure.unit);
export const scaled = (measure, value) => (is_share(measure) ? value * 100 : value);
// Millions and thousands are short; an interval is in the unit of its mean.
export function interval(measure, [mean, half]) {
  const size = Math.max(Math.abs(mean), half ?? 0);
  const [divisor, mark, digits] = is_share(measure) ? [0.01, "", 1]
    : size >= 1e6 ? [1e6, " M", 2] : size >= 1e4 ? [1e3, " k", 1] : [1, "", 1];
  const number = (value) => (value / divisor).toFixed(digits);
  return `${number(mean)}${half === null ? "" : ` \u00b1${number(half)}`}${mark}`;
}

// A renderItem of ECharts for rows [middle, row, low, high]: a line with ends, and a dot on it.
// `colour_of` says the colour of a row by its number.
export function whisker(colour_of) {
  return (params, api) => {
    const y = api.value(1);
    const [x, middle] = api.coord([api.value(0), y]);
    const [[left], [right]] = [api.coord([api.value(2), y]), api.coord([api.value(3), y])];
    const colour = colour_of(params.dataIndex);
    const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 },
      style: { stroke: colour, lineWidth: 2 } });
    return { type: "group", children: [
      line(left, middle, right, middle),
      line(left, middle - 5, left, middle + 5),
      line(right, middle - 5, right, middle + 5),
      { type: "circle", shape: { cx: x, cy: middle, r: 4.5 }, style: { fill: colour } },
    ] };
  };
}

// Names that do not fit lose their middle: paths and varied candidates differ at their ends.
const label_character = 6.6; // px, of the font of axes
function shortened(text, width) {
  const fits = Math.floor(width / label_character);
  const head = Math.ceil(fits / 3);
  return text.length <= fits ? text : `${text.slice(0, head)}\u2026${text.slice(head + 1 - fits)}`;
}

// Axes of a chart of rows with names, one below the other.
export function row_axes(colours, width, { names, title, value_axis }) {
  const label_width = Math.min(190, width * 0.4);
  return {
    grid: { left: label_width + 12, right: 24, top: 12, bottom: 52, outerBoundsMode: "none" },
    xAxis: value_axis(colours, title, {
      min: null, nameLocation: "middle", nameGap: 30, axisLine: { show: false },
      axisLabel: { color: colours.muted, hideOverlap: true },
      nameTextStyle: { color: colours.muted },
    }),
    yAxis: {
      type: "category", inverse: true, data: names, axisTick: { show: false },
      axisLine: { onZero: true, lineStyle: { color: colours.muted } },
      axisLabel: { color: colours.ink, width: label_width, overflow: "truncate",
        formatter: (name) => shortened(name, label_width) },
    },
  };
}

// A tooltip of one mark.
export const item_tooltip = (colours, formatter) => ({
  trigger: "item", confine: true, backgroundColor: colours.surface, borderColor: colours.line,
  textStyle: { color: colours.ink, fontSize: 12 }, formatter,
});
