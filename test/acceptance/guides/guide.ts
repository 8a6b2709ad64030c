/** A fenced block of a guide, in the order of the text. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** `<!-- file: NAME -->` before the fence: the reader is told to save it. */
  readonly file: string | null;
  /** `<!-- not run: REASON -->` before the fence. */
  readonly notRun: string | null;
}

/** Something that a reader types, and what the guide says it prints. */
export interface Step {
  readonly block: Block;
  readonly expected: Block | null;
}

const FENCE = /^```(\w*)\s*$/;
const MARK = /^<!-- (file|not run): (.+) -->$/;

/** The fenced blocks of a Markdown text. Throws where a fence stays open. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split("\n");
  let mark: { readonly kind: string; readonly text: string } | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line);
    if (fence === null) {
      const marked = MARK.exec(line);
      if (marked !== null) mark = { kind: marked[1] ?? "", text: marked[2] ?? "" };
      else if (line.trim() !== "") mark = null;
      continue;
    }
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`the fence of line ${at + 1} stays open`);
    blocks.push({
      language: fence[1] ?? "",
      text: `${lines.slice(at + 1, end).join("\n")}\n`,
      line: at + 1,
      file: mark?.kind === "file" ? mark.text : null,
      notRun: mark?.kind === "not run" ? mark.text : null,
    });
    mark = null;
    at = end;
  }
  return blocks;
}

/** What a reader does, in order: files to save and commands to run, each with the output that follows it. */
export function stepsOf(markdown: string): Step[] {
  const steps: { block: Block; expected: Block | null }[] = [];
  for (const block of blocksOf(markdown)) {
    const last = steps.at(-1);
    if (block.language !== "text") steps.push({ block, expected: null });
    else if (last?.expected === null && last.block.file === null) last.expected = block;
    else throw new Error(`the output of line ${block.line} follows no command`);
  }
  return steps;
}

/**
 * Compares what was printed with a guide's block: `<what>` stands for anything within a line, `...` alone in a line for
 * any lines, and spaces at the ends of lines or between columns do not count.
 */
export function matches(printed: string, expected: string): boolean {
  const source = expected
    .trimEnd()
    .split("\n")
    .map((line) => (line === "..." ? "(?:.*\\n)*?" : `${lineSource(line)}\\n`))
    .join("");
  const normal = printed
    .split("\n")
    .map((line) => line.trimEnd().replace(/ {2,}/g, " "))
    .join("\n")
    .trimEnd();
  return new RegExp(`^${source}$`).test(`${normal}\n`);
}

function lineSource(line: string): string {
  return line
    .trimEnd()
    .replace(/ {2,}/g, " ")
    .split(/<[a-z][a-z ]*>/)
    .map((piece) => RegExp.escape(piece))
    .join(".*");
}
