import { type Hours, hoursWords, position, strip } from "./week";
import styles from "./WeekStrip.module.css";

/** The week (or month, or year) of a schedule at a glance. `now`: the camera's clock as it stands, for a line where we are. */
export function WeekStrip({ hours, now }: { hours: Hours; now?: Date }) {
  const today = now ?? new Date();
  const { cells, spans } = strip(hours, today.getFullYear(), today.getMonth());
  const percent = (part: number) => `${(part * 100).toFixed(3)}%`;
  return (
    <div className={styles["strip"]} role="img" aria-label={hoursWords(hours)}>
      <div className={styles["bar"]}>
        {cells.map((_, index) => index > 0 && <div key={index} className={styles["line"]} style={{ left: percent(index / cells.length) }} />)}
        {spans.map(({ from, to }) => (
          <div key={from} className={styles["span"]} style={{ left: percent(from), width: percent(to - from) }} data-testid="span" />
        ))}
        {now && <div className={styles["now"]} style={{ left: percent(position(hours.repeat, now)) }} />}
      </div>
      <div className={styles["cells"]} aria-hidden>
        {cells.map((cell, index) => (
          <span key={index}>{cell}</span>
        ))}
      </div>
    </div>
  );
}
