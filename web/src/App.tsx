import { Alert, Center, Loader, Stack } from "@mantine/core";
import { BrowserRouter, Navigate, Route, Routes } from "react-router-dom";

import { Accessories } from "./pages/Accessories";
import { Accounts } from "./pages/Accounts";
import { Areas } from "./pages/Areas";
import { Detectors } from "./pages/Detectors";
import { Events } from "./pages/Events";
import { Image } from "./pages/Image";
import { Installation } from "./pages/Installation";
import { Live } from "./pages/Live";
import { Login } from "./pages/Login";
import { Logs } from "./pages/Logs";
import { Maintenance } from "./pages/Maintenance";
import { Motion } from "./pages/Motion";
import { Network } from "./pages/Network";
import { Overlays } from "./pages/Overlays";
import { Preview } from "./pages/Preview";
import { PrivacyMasks } from "./pages/PrivacyMasks";
import { Ptz } from "./pages/Ptz";
import { Recordings } from "./pages/Recordings";
import { Rules } from "./pages/Rules";
import { Security } from "./pages/Security";
import { SettingsPage } from "./pages/Settings";
import { Setup } from "./pages/Setup";
import { SignedVideo } from "./pages/SignedVideo";
import { Source } from "./pages/Source";
import { Status } from "./pages/Status";
import { StreamProfiles } from "./pages/StreamProfiles";
import { Storage } from "./pages/Storage";
import { Streams } from "./pages/Streams";
import { Time } from "./pages/Time";
import { SessionProvider, useSession } from "./session";
import { Shell } from "./Shell";

/** The whole page: set-up first, then log-in, then the camera. */
export function App() {
  return (
    <BrowserRouter>
      <SessionProvider waiting={(problem) => <Waiting problem={problem} />}>
        <Gate />
      </SessionProvider>
    </BrowserRouter>
  );
}

function Gate() {
  const { state, me } = useSession();
  if (state.setup_needed)
    return (
      <Routes>
        <Route path="/preview" element={<Preview />} />
        <Route path="*" element={<Setup />} />
      </Routes>
    );
  if (!me) return <Login />;
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<Live />} />
        <Route path="status" element={<Status />} />
        {me.role !== "viewer" && me.role !== "none" && (
          <>
            <Route path="image" element={<Image />} />
            <Route path="installation" element={<Installation />} />
            <Route path="source" element={<Source />} />
            <Route path="areas" element={<Areas />} />
            <Route path="motion" element={<Motion />} />
            <Route path="detectors" element={<Detectors />} />
            <Route path="overlays" element={<Overlays />} />
            <Route path="ptz/presets" element={<Ptz part="presets" />} />
            <Route path="ptz/limits" element={<Ptz part="limits" />} />
            <Route path="ptz/tours" element={<Ptz part="tours" />} />
            <Route path="ptz/gatekeeper" element={<Ptz part="gatekeeper" />} />
            <Route path="ptz/zones" element={<Ptz part="zones" />} />
            <Route path="ptz/control" element={<Ptz part="control" />} />
            <Route path="ptz/settings" element={<Ptz part="movement" />} />
            <Route path="accessories" element={<Accessories />} />
            <Route path="streams" element={<Streams />} />
            <Route path="stream-profiles" element={<StreamProfiles />} />
            <Route path="signed-video" element={<SignedVideo />} />
            <Route path="recordings" element={<Recordings />} />
            <Route path="storage" element={<Storage />} />
            <Route path="time" element={<Time />} />
            <Route path="network" element={<Network />} />
            <Route path="settings" element={<SettingsPage />} />
            <Route path="settings/:section" element={<SettingsPage />} />
          </>
        )}
        {me.role === "administrator" && <Route path="security" element={<Security />} />}
        {me.role === "administrator" && <Route path="accounts" element={<Accounts />} />}
        {me.role === "administrator" && <Route path="privacy" element={<PrivacyMasks />} />}
        {me.role === "administrator" && <Route path="events" element={<Events />} />}
        {me.role === "administrator" && <Route path="rules/*" element={<Rules />} />}
        {me.role === "administrator" && <Route path="logs" element={<Logs />} />}
        {me.role === "administrator" && <Route path="maintenance" element={<Maintenance />} />}
        <Route path="*" element={<Navigate to="/" replace />} />
      </Route>
    </Routes>
  );
}

function Waiting({ problem }: { problem: string | null }) {
  return (
    <Center h="100vh">
      <Stack align="center">
        <Loader aria-label="Connecting to the camera" />
        {problem && <Alert color="orange">{problem}</Alert>}
      </Stack>
    </Center>
  );
}
