/**
 * What a person asked to be told outside of the app, in the languages of the app: reports that come
 * by themselves, and alerts. The server says it, which has none of the app's catalogues.
 */
import type { Kpi } from "../analytics/kpi.ts";
import type { AlertMeasure } from "./alert-measure.ts";

export const spokenLanguages = ["en", "de", "es", "fr", "ar"] as const;

export type SpokenLanguage = (typeof spokenLanguages)[number];

/** Numbers come as they are written in the language. */
export interface Spoken {
  readonly nobody: string;
  readonly sent: (sent: string, total: string) => string;
  readonly delivered: (share: string) => string;
  readonly failed: (n: string) => string;
  readonly skipped: (n: string) => string;
  readonly toGo: (n: string) => string;
  readonly nothing: string;
  readonly figures: Readonly<Record<Kpi, string>>;
  readonly before: (change: string) => string;
  readonly points: (n: string) => string;
  /** Above what came of each. */
  readonly campaigns: (n: number) => string;
  readonly more: (n: string) => string;
  readonly clocks: (zone: string) => string;
  /** More than a share, after a campaign's name or the number of campaigns. */
  readonly alert: Readonly<Record<AlertMeasure, (share: string) => string>>;
  readonly asked: string;
  readonly look: string;
  /** So many campaigns, where one name would not do. */
  readonly several: (n: number) => string;
  readonly others: (n: number) => string;
  readonly because: (workspace: string) => string;
  readonly choose: string;
  readonly comma: string;
}

const en: Spoken = {
  nobody: "There was nobody to send it to.",
  sent: (sent, total) => `Sent to ${sent} of ${total}`,
  delivered: (share) => `${share} of them delivered so far`,
  failed: (n) => `${n} failed`,
  skipped: (n) => `${n} skipped`,
  toGo: (n) => `${n} to go`,
  nothing: "Nothing was sent in these days.",
  figures: {
    submitted: "Submitted",
    delivered: "Delivered",
    failed: "Failed",
    opened: "Opened",
    clicked: "Clicked",
    redeemed: "Codes redeemed",
    optedOut: "Opted out",
    skipped: "Skipped",
  },
  before: (change) => `${change} against as many days before`,
  points: (n) => `${n} points`,
  campaigns: (n) => `${n === 1 ? "1 campaign" : `${n} campaigns`}, all that came of them so far:`,
  more: (n) => `And ${n} more.`,
  clocks: (zone) => `Days by the clocks of ${zone}.`,
  alert: {
    failed: (share) => `more than ${share} of what was tried failed`,
    skipped: (share) => `more than ${share} of the recipients were skipped`,
    opted_out: (share) => `more than ${share} of those it reached opted out`,
    complained: (share) => `more than ${share} of those it reached complained`,
  },
  asked: "You asked to hear of that.",
  look: "The report says why.",
  several: (n) => `${n} campaigns`,
  others: (n) => `and ${n} more`,
  because: (workspace) => `You get this because you asked for it in ${workspace}.`,
  choose: "Choose what reaches you",
  comma: ", ",
};

const de: Spoken = {
  nobody: "Es gab niemanden, an den sie gehen konnte.",
  sent: (sent, total) => `An ${sent} von ${total} gesendet`,
  delivered: (share) => `davon bisher ${share} zugestellt`,
  failed: (n) => `${n} fehlgeschlagen`,
  skipped: (n) => `${n} übersprungen`,
  toGo: (n) => `${n} ausstehend`,
  nothing: "In diesen Tagen wurde nichts gesendet.",
  figures: {
    submitted: "Übergeben",
    delivered: "Zugestellt",
    failed: "Fehlgeschlagen",
    opened: "Geöffnet",
    clicked: "Geklickt",
    redeemed: "Eingelöste Codes",
    optedOut: "Abgemeldet",
    skipped: "Übersprungen",
  },
  before: (change) => `${change} gegenüber ebenso vielen Tagen davor`,
  points: (n) => `${n} Prozentpunkte`,
  campaigns: (n) =>
    `${n === 1 ? "1 Kampagne" : `${n} Kampagnen`}, mit allem, was bisher daraus wurde:`,
  more: (n) => `Und ${n} weitere.`,
  clocks: (zone) => `Tage nach den Uhren von ${zone}.`,
  alert: {
    failed: (share) => `mehr als ${share} der Versuche schlugen fehl`,
    skipped: (share) => `mehr als ${share} der Empfänger wurden übersprungen`,
    opted_out: (share) => `mehr als ${share} der Erreichten meldeten sich ab`,
    complained: (share) => `mehr als ${share} der Erreichten beschwerten sich`,
  },
  asked: "Sie wollten davon hören.",
  look: "Der Bericht sagt, warum.",
  several: (n) => `${n} Kampagnen`,
  others: (n) => `und ${n} weitere`,
  because: (workspace) => `Sie erhalten dies, weil Sie es in ${workspace} angefordert haben.`,
  choose: "Wählen Sie, was Sie erreicht",
  comma: ", ",
};

const es: Spoken = {
  nobody: "No había nadie a quien enviarla.",
  sent: (sent, total) => `Enviada a ${sent} de ${total}`,
  delivered: (share) => `${share} de ellos entregados hasta ahora`,
  failed: (n) => `${n} fallidos`,
  skipped: (n) => `${n} omitidos`,
  toGo: (n) => `${n} por enviar`,
  nothing: "En estos días no se envió nada.",
  figures: {
    submitted: "Aceptados",
    delivered: "Entregados",
    failed: "Fallidos",
    opened: "Abiertos",
    clicked: "Con clic",
    redeemed: "Códigos canjeados",
    optedOut: "Bajas",
    skipped: "Omitidos",
  },
  before: (change) => `${change} frente a otros tantos días antes`,
  points: (n) => `${n} puntos`,
  campaigns: (n) =>
    `${n === 1 ? "1 campaña" : `${n} campañas`}, con todo su resultado hasta ahora:`,
  more: (n) => `Y ${n} más.`,
  clocks: (zone) => `Días según los relojes de ${zone}.`,
  alert: {
    failed: (share) => `falló más del ${share} de lo intentado`,
    skipped: (share) => `se omitió a más del ${share} de los destinatarios`,
    opted_out: (share) => `se dio de baja más del ${share} de los alcanzados`,
    complained: (share) => `se quejó más del ${share} de los alcanzados`,
  },
  asked: "Pidió que se le avisara de esto.",
  look: "El informe dice por qué.",
  several: (n) => `${n} campañas`,
  others: (n) => `y ${n} más`,
  because: (workspace) => `Recibe esto porque lo pidió en ${workspace}.`,
  choose: "Elija qué le llega",
  comma: ", ",
};

const fr: Spoken = {
  nobody: "Il n’y avait personne à qui l’envoyer.",
  sent: (sent, total) => `Envoyée à ${sent} sur ${total}`,
  delivered: (share) => `dont ${share} distribués jusqu’ici`,
  failed: (n) => `échecs : ${n}`,
  skipped: (n) => `ignorés : ${n}`,
  toGo: (n) => `restants : ${n}`,
  nothing: "Rien n’a été envoyé ces jours-là.",
  figures: {
    submitted: "Remis",
    delivered: "Distribués",
    failed: "Échecs",
    opened: "Ouverts",
    clicked: "Cliqués",
    redeemed: "Codes utilisés",
    optedOut: "Désinscriptions",
    skipped: "Ignorés",
  },
  before: (change) => `${change} par rapport à autant de jours avant`,
  points: (n) => `${n} points`,
  campaigns: (n) =>
    `${n === 1 ? "1 campagne" : `${n} campagnes`}, avec tout leur résultat jusqu’ici :`,
  more: (n) => `Et ${n} de plus.`,
  clocks: (zone) => `Jours selon les horloges de ${zone}.`,
  alert: {
    failed: (share) => `plus de ${share} des tentatives ont échoué`,
    skipped: (share) => `plus de ${share} des destinataires ont été ignorés`,
    opted_out: (share) => `plus de ${share} des personnes atteintes se sont désinscrites`,
    complained: (share) => `plus de ${share} des personnes atteintes se sont plaintes`,
  },
  asked: "Vous avez demandé à en être averti.",
  look: "Le rapport dit pourquoi.",
  several: (n) => `${n} campagnes`,
  others: (n) => `et ${n} de plus`,
  because: (workspace) => `Vous recevez ceci parce que vous l’avez demandé dans ${workspace}.`,
  choose: "Choisissez ce qui vous parvient",
  comma: ", ",
};

/** Counts stand behind what is counted: six forms of the plural would say no more. */
const ar: Spoken = {
  nobody: "لم يكن هناك من تُرسل إليه.",
  sent: (sent, total) => `أُرسلت إلى ${sent} من ${total}`,
  delivered: (share) => `سُلّم منها حتى الآن ${share}`,
  failed: (n) => `فشل: ${n}`,
  skipped: (n) => `تم تخطي: ${n}`,
  toGo: (n) => `المتبقي: ${n}`,
  nothing: "لم يُرسل شيء في هذه الأيام.",
  figures: {
    submitted: "مُقدَّمة",
    delivered: "مُسلَّمة",
    failed: "فاشلة",
    opened: "مفتوحة",
    clicked: "منقورة",
    redeemed: "الرموز المستخدمة",
    optedOut: "إلغاء الاشتراك",
    skipped: "متخطاة",
  },
  before: (change) => `${change} مقارنةً بعدد الأيام نفسه قبلها`,
  points: (n) => `بالنقاط المئوية: ${n}`,
  campaigns: (n) => `عدد الحملات: ${n}، مع كل ما نتج عنها حتى الآن:`,
  more: (n) => `حملات أخرى: ${n}.`,
  clocks: (zone) => `الأيام بحسب توقيت ${zone}.`,
  alert: {
    failed: (share) => `فشل أكثر من ${share} مما جُرّب`,
    skipped: (share) => `تُخطي أكثر من ${share} من المستلمين`,
    opted_out: (share) => `ألغى الاشتراك أكثر من ${share} ممن وصلتهم`,
    complained: (share) => `اشتكى أكثر من ${share} ممن وصلتهم`,
  },
  asked: "طلبتَ إبلاغك بذلك.",
  look: "التقرير يوضح السبب.",
  several: (n) => `عدد الحملات ${n}`,
  others: (n) => `وحملات أخرى: ${n}`,
  because: (workspace) => `تصلك هذه الرسالة لأنك طلبتها في ${workspace}.`,
  choose: "اختر ما يصلك",
  comma: "، ",
};

const spoken: Readonly<Record<SpokenLanguage, Spoken>> = { en, de, es, fr, ar };

export function spokenIn(language: SpokenLanguage): Spoken {
  return spoken[language];
}

/** A name inside of a sentence that runs from right to left: its letters do not pull along what stands beside it. */
export function inText(name: string, language: SpokenLanguage): string {
  return language === "ar" ? `\u2068${name}\u2069` : name;
}

/** From right to left also where a line begins with a name in other letters. */
export function asLines(text: string, language: SpokenLanguage): string {
  return language === "ar" ? text.replaceAll(/^(?=[^\u200F\n])/gm, "\u200F") : text;
}
