// A terminal as an SVG that brings its own background, so that it reads the same on light and on dark pages.

export type TimedLine = {
  /** Since the command was given. */
  readonly seconds: number;
  readonly text: string;
};

const columns = 100;
const [charWidth, lineHeight, margin] = [7.8, 19, 20];
/** Characters of the times, and of the gap behind them. */
const timeColumns = 9;

/** The same text for the same lines. Longer ones are broken at a blank. */
export function terminalSvg(command: string, lines: readonly TimedLine[]): string {
  const rows = [
    { time: "", text: `$ ${command}`, kind: "command" },
    ...lines.flatMap(({ seconds, text }) =>
      broken(text).map((part, index) => ({
        time: index === 0 ? `${seconds.toFixed(1)} s` : "",
        text: part,
        kind: "said",
      })),
    ),
  ];
  const width = Math.ceil(2 * margin + (columns + timeColumns) * charWidth);
  const height = 2 * margin + rows.length * lineHeight;
  const texts = rows.map(({ time, text, kind }, row) => {
    const y = margin + (row + 0.7) * lineHeight;
    const at = margin + (timeColumns - 2) * charWidth;
    const clock = time === "" ? "" : `<text class="time" x="${at}" y="${y}">${time}</text>`;
    return `${clock}<text class="${kind}" x="${margin + timeColumns * charWidth}" y="${y}">${escaped(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>What a terminal shows: ${escaped(command)}</title>
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; }
.said { fill: #d8dade; }
.command { fill: #8fd0a5; }
.time { fill: #8b93a1; text-anchor: end; }
</style>
<rect width="${width}" height="${height}" rx="8" fill="#1b1e25"/>
${texts.join("\n")}
</svg>
`;
}

function broken(text: string): string[] {
  if (text.length <= columns) return [text];
  const at = text.lastIndexOf(" ", columns);
  const cut = at <= 2 ? columns : at;
  return [text.slice(0, cut), ...broken(`  ${text.slice(cut).trimStart()}`)];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
