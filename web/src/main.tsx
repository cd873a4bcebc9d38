import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";

import { type CSSVariablesResolver, MantineProvider, type MantineThemeOverride } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";

/** Dark enough for white text on it to be read (contrast 5:1). */
const THEME: MantineThemeOverride = {
  primaryColor: "teal",
  primaryShade: 9,
  fontFamily: "Inter, system-ui, sans-serif",
  components: { Slider: { styles: { markLabel: { color: "var(--mantine-color-dimmed)" } } } },
};

/** Explanations in grey that still has a contrast of 6:1 on its background; red that is seen to be red on dark (5:1 on its own tint). */
const VARIABLES: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-dimmed": "#5c636a" },
  dark: { "--mantine-color-dimmed": "#a5abb1", "--mantine-color-red-light-color": "var(--mantine-color-red-4)" },
});

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" theme={THEME} cssVariablesResolver={VARIABLES}>
      <QueryClientProvider client={new QueryClient()}>
        <Notifications position="top-right" />
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
