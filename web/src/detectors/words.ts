import type { Reason, Tampering } from "./calls";

const REASONS: Record<Reason, string> = {
  dark: "the picture went dark",
  blurred: "its contours are gone: covered, sprayed or out of focus",
  moved: "it shows another scene: the camera was turned",
};

export interface Status {
  color: string;
  word: string;
  text: string;
}

/** How the detector stands, in a word and a sentence. */
export function statusOf({ state, last }: Tampering, delay: number): Status {
  switch (state) {
    case "off":
      return { color: "gray", word: "off", text: "Nothing is looked at." };
    case "waiting":
      return { color: "gray", word: "waiting", text: "There are no pictures to look at." };
    case "learning":
      return { color: "blue", word: "learning", text: "The scene is being learnt: some ten seconds in which the camera stays as it is." };
    case "poor":
      return { color: "yellow", word: "nothing to learn", text: "There is too little light, or there are too few contours, to learn the scene." };
    case "clear":
      return { color: "green", word: "watching", text: "The scene is as it was learnt." };
    case "dim":
      return { color: "yellow", word: "too dark", text: "It is too dark to tell anything." };
    case "alarm":
      return { color: "red", word: "alarm", text: last ? `Since ${when(last.at_ms)}: ${REASONS[last.reason]}.` : "" };
    default:
      return { color: "orange", word: "suspicious", text: `Right now ${REASONS[state]}. It is an event after ${delay} s.` };
  }
}

/** The last alarm, when it is over. */
export function lastWords({ state, last }: Tampering): string | null {
  return state === "alarm" || !last ? null : `Last alarm: ${when(last.at_ms)}, ${REASONS[last.reason]}.`;
}

function when(ms: number): string {
  return new Date(ms).toLocaleString();
}
