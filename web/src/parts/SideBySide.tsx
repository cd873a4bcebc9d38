import type { ReactNode } from "react";

import styles from "./SideBySide.module.css";

/** A form and, beside it (above it on narrow screens), the picture that shows what the form does. */
export function SideBySide({ form, picture }: { form: ReactNode; picture: ReactNode }) {
  return (
    <div className={styles["both"]}>
      <div>{form}</div>
      <div className={styles["picture"]}>{picture}</div>
    </div>
  );
}
