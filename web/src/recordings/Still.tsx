import { Center, Text } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { type CSSProperties, useEffect, useState } from "react";

const AGAIN_MS = 10_000;

/** A picture of a recording, or the word that there is none to be had now: it may lie where nobody can read at the moment. */
export function Still({ src, alt, style }: { src: string; alt: string; style?: CSSProperties }) {
  const [lost, setLost] = useState<string | null>(null);
  useEffect(() => {
    if (lost === null) return;
    const again = window.setTimeout(() => setLost(null), AGAIN_MS);
    return () => window.clearTimeout(again);
  }, [lost]);
  if (lost === src)
    return (
      <Center style={{ ...style, minHeight: 40, gap: 6, background: "var(--mantine-color-default-hover)" }} data-lost>
        <IconPhotoOff size={18} aria-hidden />
        <Text size="xs" c="dimmed" span>
          No picture now
        </Text>
      </Center>
    );
  return <img src={src} alt={alt} loading="lazy" style={{ display: "block", width: "100%", ...style }} onError={() => setLost(src)} />;
}
