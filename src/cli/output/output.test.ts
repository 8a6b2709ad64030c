import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OutputStream } from "../io.ts";
import { LineSplitter } from "./line-splitter.ts";
import { LiveLine, progressBar } from "./live-line.ts";
import { formatLogEntry, isAnsweredRead } from "./log-entry.ts";
import { styleFor, takesColor } from "./style.ts";
import { harmless, renderTable } from "./table.ts";
import { formatBytes, formatDuration, formatTime } from "./time.ts";

const plain = { title: (text: string) => text, cell: (text: string) => text };

function recorder(isTerminal: boolean): OutputStream & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    isTerminal,
    columns: 20,
    write: (text) => void written.push(String(text)),
    drained: async () => undefined,
  };
}

describe("tables", () => {
  it("align columns, numbers to the right, without spaces at the end", () => {
    const columns = [{ title: "NAME" }, { title: "SIZE", align: "right" as const }, { title: "NOTE" }];
    const table = renderTable(
      columns,
      [
        ["a", "10", "x"],
        ["longer", "5", ""],
      ],
      plain,
    );
    assert.equal(table, "NAME    SIZE  NOTE\na         10  x\nlonger     5");
  });

  it("measure a cell before it is coloured", () => {
    const decorated = renderTable([{ title: "A" }, { title: "B" }], [["x", "y"]], {
      ...plain,
      cell: (text) => `<${text}>`,
    });
    assert.equal(decorated, "A  B\n<x>  <y>");
  });

  it("cut the last column to a terminal's width, and no further than it says something", () => {
    const columns = [{ title: "ID" }, { title: "DETAILS" }];
    const details = "0123456789".repeat(5);
    const at = (width: number) => renderTable(columns, [["a", details]], { ...plain, width });
    assert.equal(at(40), `ID  DETAILS\na   ${details.slice(0, 33)}...`);
    assert.equal(at(10), `ID  DETAILS\na   ${details.slice(0, 21)}...`);
    assert.equal(at(80), `ID  DETAILS\na   ${details}`);
  });

  it("keep escape sequences and line breaks of others off the terminal", () => {
    assert.equal(harmless("a\u001b[31mred\u001b[0m\r\nb\u0007\u009b2J"), "ared b");
  });
});

describe("times", () => {
  it("are local with their offset, or UTC", () => {
    const time = Date.UTC(2026, 10, 22, 6, 55, 37);
    assert.equal(formatTime(time, { utc: true }), "2026-11-22 06:55:37Z");
    assert.match(formatTime(time, { utc: false }), /^2026-11-2[123] \d\d:\d\d:37 [+-]\d\d:\d\d$/);
    assert.equal(Date.parse(formatTime(time, { utc: false }).replace(" ", "T").replace(" ", "")), time);
    assert.equal(formatTime(undefined, { utc: true }), "-");
  });

  const durations: [milliseconds: number, text: string][] = [
    [400, "0.4 s"],
    [9_949, "9.9 s"],
    [12_400, "12 s"],
    [125_000, "2 min 05 s"],
    [3 * 3_600_000 + 120_000, "3 h 02 min"],
  ];
  for (const [milliseconds, text] of durations) {
    it(`${milliseconds} ms are ${text}`, () => assert.equal(formatDuration(milliseconds), text));
  }

  it("sizes have binary units", () => {
    assert.deepEqual([512, 1536, 20 * 1024 ** 3].map(formatBytes), ["512 B", "1.5 KiB", "20 GiB"]);
  });
});

describe("colour", () => {
  const cases: [what: string, isTerminal: boolean, environment: Record<string, string>, expected: boolean][] =
    [
      ["a terminal", true, {}, true],
      ["no terminal", false, {}, false],
      ["NO_COLOR", true, { NO_COLOR: "1" }, false],
      ["an empty NO_COLOR", true, { NO_COLOR: "" }, true],
      ["a dumb terminal", true, { TERM: "dumb" }, false],
    ];
  for (const [what, isTerminal, environment, expected] of cases) {
    it(`${expected ? "is used on" : "is not used with"} ${what}`, () =>
      assert.equal(takesColor(recorder(isTerminal), environment), expected));
  }
});

describe("the live line", () => {
  it("is rewritten in place on a terminal, within its width", () => {
    const stream = recorder(true);
    const live = new LiveLine(stream, () => 0);
    live.update("a", "0123456789012345678901234");
    live.update("a", "short");
    live.clear();
    assert.deepEqual(stream.written, ["\r\u001b[K0123456789012345678", "\r\u001b[Kshort", "\r\u001b[K"]);
  });

  it("becomes few plain lines elsewhere", () => {
    let now = 0;
    const stream = recorder(false);
    const live = new LiveLine(stream, () => now);
    live.update("download", "1 %");
    live.update("download", "2 %");
    now = 6000;
    live.update("download", "60 %");
    live.update("unpack", "unpacking");
    live.clear();
    assert.deepEqual(stream.written, ["1 %\n", "60 %\n", "unpacking\n"]);
  });

  it("draws progress with characters that every terminal has", () => {
    assert.equal(progressBar(0.5, 10), "[#####.....]  50 %");
    assert.equal(progressBar(null, 4), "[....]");
  });
});

describe("log entries on a terminal", () => {
  it("show level, message and fields", () => {
    const entry = JSON.stringify({ level: 40, time: 0, pid: 1, hostname: "h", msg: "slow", tookMs: 5 });
    assert.match(formatLogEntry(entry, styleFor(false)), /^\d\d:\d\d:\d\d warn {2}slow tookMs=5$/);
  });
  it("leave out reads that were answered, and nothing else", () => {
    const request = (method: string, status: number) => JSON.stringify({ msg: "request", method, status });
    assert.deepEqual(
      [request("GET", 200), request("GET", 403), request("POST", 200), '{"msg":"ready"}', "text"].map(
        isAnsweredRead,
      ),
      [true, false, false, false, false],
    );
  });
  it("pass what is no JSON", () => assert.equal(formatLogEntry("plain\n", styleFor(false)), "plain "));
});

describe("lines", () => {
  it("are put together from pieces, also within a character", () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    const bytes = Buffer.from("erste\nzwölf\nlast");
    for (const byte of bytes) splitter.add(Uint8Array.of(byte));
    assert.deepEqual(lines, ["erste", "zwölf"]);
    splitter.end();
    assert.deepEqual(lines, ["erste", "zwölf", "last"]);
  });
});
