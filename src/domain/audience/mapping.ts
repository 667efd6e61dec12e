/** Which column of a file means what: guessed by its heading, corrected by a person. */

export const targets = [
  "email",
  "phone",
  "first_name",
  "last_name",
  "country",
  "city",
  "time_zone",
  "email_consent",
  "sms_consent",
  "consent_at",
  "email_consent_at",
  "sms_consent_at",
  "consent_source",
  "email_consent_source",
  "sms_consent_source",
  "field",
  "skip",
] as const;

/** What a column is read as. `field` keeps it under its own heading, `skip` leaves it out. */
export type Target = (typeof targets)[number];

/** One target for each column, in the file's order. No target but `field` and `skip` occurs twice. */
export type Mapping = readonly Target[];

/** Usual headings, folded: letters and digits only, without accents. */
const usual: Readonly<Partial<Record<Target, string>>> = {
  email:
    "email emailaddress emailadresse emails mail mailaddress mailadresse correo correoelectronico courriel adressemail adresseemail eposta epost epostadresse emailadres endereçodeemail enderecodeemail adresemail mejl sahkoposti メール メールアドレス 邮箱 电子邮件 電子郵件 이메일 почта элпочта thudientu",
  phone:
    "phone phonenumber phoneno phonemobile telephone telephonenumber tel telno telnumber telefon telefonnummer telefono telefonnr telefone telefoon telephoneportable mobile mobilephone mobilenumber mobileno mobil mobilnummer mobiltelefon movil celular cell cellphone cellnumber cellulare handy handynummer portable gsm msisdn sms smsnumber numero numerodetelefono numerodetelephone whatsapp sodienthoai dienthoai nohp 電話 電話番号 手机 手机号 电话 전화번호 телефон",
  first_name:
    "firstname first fname givenname forename vorname prenom nombre nombres nome imie fornavn fornamn voornaam keresztnev namadepan ten 名 名前 이름 имя",
  last_name:
    "lastname last lname surname familyname secondname nachname familienname nomdefamille nom apellido apellidos sobrenome cognome nazwisko etternavn efternavn efternamn achternaam vezeteknev namabelakang ho 姓 苗字 성 фамилия",
  country:
    "country countrycode countryiso land landcode laenderkennzeichen pays codepays pais paese kraj quocgia negara 国 国家 국가 страна",
  city: "city town cityname ort stadt wohnort ville ciudad cidade citta miasto by stad plaats thanhpho kota 市 城市 都市 도시 город",
  time_zone:
    "timezone tz tzname ianatimezone zeitzone fuseauhoraire zonahoraria fusohorario muigio",
  email_consent:
    "emailconsent consentemail emailoptin optinemail emailpermission emailmarketing emailsubscribed emailok mailconsent newsletter newsletteroptin einwilligungemail consentementemail consentimientoemail",
  sms_consent:
    "smsconsent consentsms smsoptin optinsms smspermission smsmarketing smssubscribed smsok phoneconsent textconsent einwilligungsms consentementsms consentimientosms",
  consent_at:
    "consentat consentdate consenttime consenttimestamp consentedat consenton optinat optindate optintime optintimestamp permissiondate einwilligungam datedeconsentement fechadeconsentimiento",
  email_consent_at:
    "emailconsentat emailconsentdate emailconsenttime emailoptindate emailoptintime",
  sms_consent_at: "smsconsentat smsconsentdate smsconsenttime smsoptindate smsoptintime",
  consent_source:
    "consentsource consentorigin consentedvia consentmethod optinsource optinmethod optinorigin permissionsource einwilligungsquelle sourceduconsentement origendelconsentimiento",
  email_consent_source: "emailconsentsource emailconsentorigin emailoptinsource",
  sms_consent_source: "smsconsentsource smsconsentorigin smsoptinsource",
};

const targetOfHeading: ReadonlyMap<string, Target> = new Map(
  targets.flatMap((target) =>
    (usual[target] ?? "")
      .split(" ")
      .filter((heading) => heading !== "")
      .map((heading) => [fold(heading), target] as const),
  ),
);

/** The likely meaning of each column; a second column of the same meaning is kept as a field. */
export function guessMapping(heading: readonly string[]): Mapping {
  const taken = new Set<Target>();
  return heading.map((name) => {
    const target = targetOfHeading.get(fold(name));
    if (target !== undefined && !taken.has(target)) {
      taken.add(target);
      return target;
    }
    return name.trim() === "" ? "skip" : "field";
  });
}

/** What is wrong with a mapping, or null when rows can be read with it. */
export function mappingProblem(mapping: Mapping, columns: number): MappingProblem | null {
  if (mapping.length !== columns) return { type: "length" };
  const seen = new Set<Target>();
  for (const target of mapping) {
    if (target === "field" || target === "skip") continue;
    if (seen.has(target)) return { type: "twice", target };
    seen.add(target);
  }
  return seen.has("email") || seen.has("phone") ? null : { type: "no_address" };
}

export type MappingProblem =
  | { readonly type: "length" }
  | { readonly type: "twice"; readonly target: Target }
  /** No column holds an e-mail address or a phone number. */
  | { readonly type: "no_address" };

export function mappingProblemWords(problem: MappingProblem): string {
  switch (problem.type) {
    case "length":
      return "The mapping does not name each column of the file once.";
    case "twice":
      return `Two columns are read as ${problem.target}: choose one of them.`;
    case "no_address":
      return "No column is read as e-mail address or phone number. The first line must hold the headings of the columns.";
  }
}

/** Letters and digits only, without case and accents: `E-Mail Adresse` and `e_mail_adresse` are one. */
function fold(heading: string): string {
  return heading
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]/gu, "");
}
