import { ActionIcon, Alert, AppShell, Burger, Button, Group, Image, Menu, Modal, NavLink, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAdjustments,
  IconAperture,
  IconArrowsMaximize,
  IconArrowsMove,
  IconBolt,
  IconBookmarks,
  IconDatabase,
  IconDoorEnter,
  IconClock,
  IconEyeOff,
  IconFocusCentered,
  IconHeartRateMonitor,
  IconKey,
  IconListDetails,
  IconLock,
  IconLogout,
  IconMap2,
  IconMovie,
  IconNetwork,
  IconNotes,
  IconPhoto,
  IconPlugConnected,
  IconRefresh,
  IconMapPin,
  IconMapSearch,
  IconRoute,
  IconShieldCheck,
  IconSpray,
  IconStack2,
  IconTool,
  IconTypography,
  IconUser,
  IconUsers,
  IconUsersGroup,
  IconVideo,
  IconWalk,
} from "@tabler/icons-react";
import { Link, Outlet, useLocation } from "react-router-dom";

import { api, type Role } from "./api";
import { HiddenNote } from "./masks/HiddenNote";
import { ChangePassword } from "./parts/ChangePassword";
import { ThemeSwitch } from "./parts/ThemeSwitch";
import { Tour } from "./parts/Tour";
import { useTour } from "./parts/useTour";
import { useSession } from "./session";

const EVERYBODY: Role[] = ["viewer", "operator", "administrator"];
const OPERATORS: Role[] = ["operator", "administrator"];

const MENU = [
  {
    title: "Video",
    pages: [
      { to: "/", label: "Live view", icon: IconVideo, roles: EVERYBODY },
      { to: "/installation", label: "Installation", icon: IconTool, roles: OPERATORS },
      { to: "/image", label: "Image", icon: IconPhoto, roles: OPERATORS },
      { to: "/areas", label: "View areas", icon: IconFocusCentered, roles: OPERATORS },
      { to: "/overlays", label: "Overlays", icon: IconTypography, roles: OPERATORS },
      { to: "/privacy", label: "Privacy masks", icon: IconEyeOff, roles: ["administrator"] as Role[] },
      { to: "/motion", label: "Motion", icon: IconWalk, roles: OPERATORS },
      { to: "/streams", label: "Streams", icon: IconStack2, roles: OPERATORS },
      { to: "/signed-video", label: "Signed video", icon: IconShieldCheck, roles: OPERATORS },
      { to: "/recordings", label: "Recordings", icon: IconMovie, roles: OPERATORS },
      { to: "/source", label: "Source and lens", icon: IconAperture, roles: OPERATORS },
    ],
  },
  {
    title: "PTZ",
    pages: [
      { to: "/ptz/presets", label: "Preset positions", icon: IconMapPin, roles: OPERATORS },
      { to: "/ptz/limits", label: "Limits", icon: IconArrowsMaximize, roles: OPERATORS },
      { to: "/ptz/tours", label: "Guard tours", icon: IconRoute, roles: OPERATORS },
      { to: "/ptz/gatekeeper", label: "Gatekeeper", icon: IconDoorEnter, roles: OPERATORS },
      { to: "/ptz/zones", label: "Named zones (OSDI)", icon: IconMapSearch, roles: OPERATORS },
      { to: "/ptz/control", label: "Control queue", icon: IconUsersGroup, roles: OPERATORS },
      { to: "/ptz/settings", label: "PTZ settings", icon: IconArrowsMove, roles: OPERATORS },
    ],
  },
  {
    title: "System",
    pages: [
      { to: "/status", label: "Status", icon: IconHeartRateMonitor, roles: EVERYBODY },
      { to: "/storage", label: "Storage", icon: IconDatabase, roles: OPERATORS },
      { to: "/time", label: "Time and location", icon: IconClock, roles: OPERATORS },
      { to: "/network", label: "Network", icon: IconNetwork, roles: OPERATORS },
      { to: "/stream-profiles", label: "Stream profiles", icon: IconBookmarks, roles: OPERATORS },
      { to: "/settings", label: "Settings", icon: IconAdjustments, roles: OPERATORS },
      { to: "/detectors", label: "Camera tampering", icon: IconSpray, roles: OPERATORS },
      { to: "/accessories", label: "Accessories", icon: IconPlugConnected, roles: OPERATORS },
      { to: "/events", label: "Events", icon: IconListDetails, roles: ["administrator"] as Role[] },
      { to: "/rules", label: "Rules", icon: IconBolt, roles: ["administrator"] as Role[] },
      { to: "/logs", label: "Logs", icon: IconNotes, roles: ["administrator"] as Role[] },
      { to: "/maintenance", label: "Maintenance", icon: IconRefresh, roles: ["administrator"] as Role[] },
      { to: "/security", label: "Security", icon: IconLock, roles: ["administrator"] as Role[] },
      { to: "/accounts", label: "Accounts", icon: IconUsers, roles: ["administrator"] as Role[] },
    ],
  },
];

/** The frame around every page: menu, theme, who is logged in. */
export function Shell() {
  const { state, me, leave } = useSession();
  const [opened, { toggle, close }] = useDisclosure(false);
  const [changing, { open: change, close: changed }] = useDisclosure(false);
  const { pathname } = useLocation();
  const logOut = async () => {
    await api.logout().finally(leave);
  };
  const account = me && me.username !== "anonymous";
  const filling = pathname === "/";
  const tour = useTour(me?.username, me?.role ?? "none");
  const stop = tour.shown ? tour.stops[tour.at]?.to : undefined;
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !opened } }} padding="sm">
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" aria-expanded={opened} />
            <Image src="/icon.svg" alt="" w={28} h={28} />
            <Text fw={600} truncate>
              {state.name}
            </Text>
            <Text size="sm" c="dimmed" visibleFrom="sm">
              {state.model.toUpperCase()}
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ThemeSwitch />
            <Menu position="bottom-end" withArrow>
              <Menu.Target>
                <ActionIcon variant="default" size="lg" aria-label="Account">
                  <IconUser size={20} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>
                  {me?.username} ({me?.role})
                </Menu.Label>
                {account && (
                  <Menu.Item leftSection={<IconKey size={16} />} onClick={change}>
                    Change password
                  </Menu.Item>
                )}
                <Menu.Item leftSection={<IconMap2 size={16} />} onClick={tour.begin}>
                  Show the tour
                </Menu.Item>
                <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logOut()}>
                  Log out
                </Menu.Item>
                <Menu.Divider />
                <Menu.Label>
                  panocam {state.version} · {state.serial}
                </Menu.Label>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea style={{ flex: 1 }}>
          {MENU.map(({ title, pages }) => (
            <div key={title}>
              <Text size="xs" fw={600} c="dimmed" px={12} pt="xs" pb={4}>
                {title}
              </Text>
              {pages
                .filter(({ roles }) => roles.includes(me?.role ?? "none"))
                .map(({ to, label, icon: Icon }) => {
                  const active = to === "/" ? filling : pathname.startsWith(to);
                  return (
                    <NavLink
                      key={to}
                      ref={to === stop ? (link: HTMLElement | null) => link?.scrollIntoView({ block: "nearest" }) : undefined}
                      component={Link}
                      to={to}
                      label={label}
                      leftSection={<Icon size={20} />}
                      onClick={close}
                      active={active}
                      aria-current={active ? "page" : undefined}
                      style={to === stop ? { outline: "2px solid var(--mantine-primary-color-filled)", outlineOffset: -2 } : undefined}
                    />
                  );
                })}
            </div>
          ))}
        </ScrollArea>
        {tour.shown && <Tour stops={tour.stops} at={tour.at} onMove={tour.move} onEnd={tour.end} />}
      </AppShell.Navbar>
      <AppShell.Main {...(filling && { h: "100dvh" })} style={{ display: "flex", flexDirection: "column", minHeight: filling ? 0 : undefined }}>
        {me?.password_is_old && (
          <Alert color="yellow" mb="xs" title="Your password is more than a year old">
            <Group justify="space-between">
              It is a good idea to change it now and then.
              <Button size="xs" variant="default" onClick={change}>
                Change password
              </Button>
            </Group>
          </Alert>
        )}
        <HiddenNote />
        <Outlet />
      </AppShell.Main>
      <Modal opened={changing} onClose={changed} title="Change password">
        <ChangePassword done={changed} />
      </Modal>
    </AppShell>
  );
}
