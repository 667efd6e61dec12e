import Bell from "@lucide/svelte/icons/bell";
import Images from "@lucide/svelte/icons/images";
import Mail from "@lucide/svelte/icons/mail";
import MessageCircle from "@lucide/svelte/icons/message-circle";
import MessageSquare from "@lucide/svelte/icons/message-square";
import Workflow from "@lucide/svelte/icons/workflow";
import type { Channel } from "#domain/campaign/channel.ts";
import type { IconComponent } from "#lib/ui/icon.ts";

export const channelIcons: Readonly<Record<Channel, IconComponent>> = {
  email: Mail,
  sms: MessageSquare,
  mms: Images,
  rcs: MessageCircle,
  whatsapp: MessageCircle,
  line: MessageCircle,
  push: Bell,
  flow: Workflow,
};
