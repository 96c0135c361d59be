package check

import (
	"strings"
	"unicode"
)

// sense is what a name, or the text before a value, says about the value.
type sense int

const (
	neutral sense = iota
	indicator
	credential
)

// shape is the form of an ambiguous value.
type shape int

const (
	noShape  shape = iota
	hex32          // MD5, and keys of some services
	hex40          // SHA-1, and Response API tokens
	hex64          // SHA-256, and VirusTotal keys
	guid           // a GUID of another version than 4
	guid4          // a random GUID, and Protection API tokens
	keyHalf        // 24 capitals and digits, the secret half of a Defense key
	longHash       // SHA-384, SHA-512
)

var (
	// credentialWords name a secret wherever they stand in a name.
	credentialWords = words(`password passwords passwd passwds passphrase passphrases passcode passcodes pwd pwds pswd
		secret secrets token tokens tok apikey apikeys bearer credential credentials creds cred authorization jwt psk
		apitoken authtoken accesstoken connectorid passwort passwörter passwoerter kennwort kennwörter kennwoerter
		motdepasse mdp contraseña contrasena senha wachtwoord lösenord losenord adgangskode salasana
		heslo hasło haslo`)
	// lastWords name a secret only at the end of a name: db_pass does, pass_the_hash does not.
	lastWords = words(`pass passe pw pws passw auth cookie`)
	// gluedWords name a secret at the end of a word written together, as in cbtoken or rabbitmqpassword.
	gluedWords = [...]string{"password", "passwords", "passwd", "passphrase", "passcode", "secret", "secrets", "token",
		"tokens", "apikey", "credential", "credentials", "creds", "pwd", "passwort", "kennwort", "wachtwoord"}
	// toolNames are programs and files whose names end like a secret.
	toolNames = words(`pspasswd chpasswd kpasswd gpasswd mkpasswd smbpasswd htpasswd ldappasswd opasswd vncpasswd
		yppasswd lppasswd getpwd`)
	// productNames are programs whose names end like a secret.
	productNames = words(`lastpass keepass keepassxc nordpass 1password teampass bitwarden`)
	// keyOwners make "key" a secret: api_key does, run_key and registry_key do not.
	keyOwners = words(`api access private secret signing encryption auth cb cbd cbc cbr defense response protection
		carbonblack vt virustotal otx shodan abuseipdb misp urlscan censys greynoise securitytrails hybrid service server
		shared session security integration app application subscription master account storage aws gcp azure slack
		splunk pagerduty jira webhook hmac ssh rest admin license client ssl crypto`)
	// benignHeads turn a credential's name into the name of something else: token_file, password_prompt.
	benignHeads = words(`file files path paths dir directory folder name names type types kind field fields column
		columns header headers url urls uri endpoint endpoints regex regexp pattern patterns re rx query queries term
		terms prompt help doc docs desc description message msg label title policy policies length len min max age days
		count counts counter env envvar var variable profile profiles role roles format fmt length size expired expiry
		expires expiration ttl timeout index idx process processes proc procs cmd cmds cmdline commands binary binaries
		exe rule rules event events id ids hint required enabled changed reset change changes strength complexity
		privilege privileges right rights elevation manipulation impersonation user users host hosts usage limit limits
		note notes comment comments section sections watchlist watchlists alert alerts search searches manager
		managers vault protected lifetime scope scopes source mask masked placeholder example examples word words
		api apis function functions filter filters call calls import imports export exports symbol symbols method methods
		class classes package packages provider providers level levels state states status table store stores database
		location locations group groups interest hook hooks keyword keywords product products vendor publisher attempts failures`)
	// malwareWords are what hunters call programs and techniques that are about credentials.
	malwareWords = words(`stealer stealers steal stealing theft thief dumper dumpers dump dumps dumping dumped grabber
		grabbers harvest harvester harvesters harvesting spray spraying sprayer recovery recover recoverer cracker
		crackers cracking logger keylogger hunt hunting hunter viewer finder abuse malware tool tools toolkit attack
		attacks technique techniques tactic tactics campaign extractor extraction revealer bruteforce brute forcer
		decryptor decryptors decrypter access exfil exfiltration trojan rat infostealer family families detection detections`)
	// indicatorWords say that a value identifies a file, an object or a rule.
	indicatorWords = words(`md5 md5s sha sha1 sha1s sha2 sha256 sha256s sha512 hash hashes imphash imphashes ssdeep digest
		digests checksum checksums thumbprint thumbprints fingerprint fingerprints ioc iocs ioa indicator indicators
		guid guids uuid uuids clsid clsids iid iids family families sample samples malware dropper droppers implant
		implants payload payloads loader loaders beacon beacons backdoor backdoors trojan trojans ransomware ransom rat
		rats miner miners stealer stealers evil bad malicious suspicious banned ban bans bannedhash blacklist blacklisted
		blocklist denylist deny whitelist whitelisted allowlist allowlisted allow known baseline commit rev revision sigma
		cve virus viruses virustotal binary binaries driver drivers quarantine quarantined wallet wallets signature
		signatures certificate certificates cert certs serial dll exe file files filename filenames artifact artifacts
		artefact artefacts parent child exploit exploits webshell webshells worm worms rootkit rootkits tool tools
		sha1sum md5sum sha256sum etag etags cache cached want got expect expected actual attachment attachments maldoc maldocs document documents macro macros script scripts
		stage stages shellcode packer packers installer installers archive archives zip iso lnk hta jar apk botnet apt actor
		actors threat threats hit hits match matches suspect suspects verdict verdicts version versions image images lolbin lolbins lolbas vulnerable goodware mimikatz cobaltstrike dropped detections cmdline regmod filemod modload path`)
	// guidWords say, beyond these, that a GUID identifies something.
	guidWords = words(`id ids rule rules report reports feed feeds watchlist watchlists process processes proc procs
		interface interfaces typelib class classes com volume volumes gpo gpos tenant tenants subscription appid appids
		app apps application applications machine machines device devices segment segments provider providers etw task
		tasks component components object objects query queries session sessions alert alerts case cases incident
		incidents policy policies key subkey registry build mutex mutexes pipe pipes rpc folder folders knownfolder
		usn event events computer computers sensor sensors domain host hosts install installer product products upgrade
		namespace logon activity activities correlation trace request requests message messages resource resources group
		groups schema extension extensions plugin plugins addin addins partition partitions disk disks drive drives usb hid
		vm snapshot backup revision node mailbox update updates package packages setup uninstall`)
	// serverWords are what servers and their owners are called: a value beside one may well be its token.
	serverWords = words(`server servers lab prod production dev stage staging test tenant tenants customer customers
		client clients instance instances cluster clusters site sites region regions emea apac amer env environment
		environments host hosts cb cbr cbserver response protection backend console consoles org orgs`)
)

// splitWords gives the words of an identifier in lower case, without digits: APIToken_2 has api and token.
func splitWords(name string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case unicode.IsUpper(r):
			prevLower := i > 0 && unicode.IsLower(runes[i-1])
			nextLower := i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])
			if prevLower || nextLower && !pluralTail(runes[i+1:]) {
				flush()
			}
			word.WriteRune(unicode.ToLower(r))
		case unicode.IsLower(r):
			word.WriteRune(r)
		case unicode.IsDigit(r) && word.Len() > 0 && hashDigits(runes[i:], word.String()):
			word.WriteRune(r)
		default:
			flush()
		}
	}
	flush()
	return out
}

// pluralTail reports whether what follows a capital is the s of a plural, as in IOCs.
func pluralTail(rest []rune) bool {
	return rest[0] == 's' && (len(rest) == 1 || !unicode.IsLetter(rest[1]))
}

// hashDigits reports whether the digits after a word belong to it: they do in md5, sha1 and sha256, not in token2.
func hashDigits(rest []rune, word string) bool {
	n := 0
	for n < len(rest) && unicode.IsDigit(rest[n]) {
		n++
	}
	switch strings.TrimRight(word, "0123456789") {
	case "md", "sha":
		return true
	}
	return false
}

// isCredentialWord reports whether the i-th word of a name, taken alone or with the word before it, names a secret.
func isCredentialWord(ws []string, i int) bool {
	w, last := ws[i], i == len(ws)-1
	switch {
	case i > 1 && ws[i-1] == "key" && ws[i-2] == "public":
		return false // the token of a public key names an assembly
	case credentialWords.has(w), last && lastWords.has(w):
		return true
	case (w == "key" || w == "keys") && i > 0 && keyOwners.has(ws[i-1]):
		return true
	case w == "id" && i > 0 && ws[i-1] == "connector":
		return true
	case toolNames.has(w):
		return false
	}
	for _, g := range gluedWords {
		if strings.HasSuffix(w, g) && len(w) > len(g) && len(w) <= len(g)+14 {
			return true
		}
	}
	return false
}

// naming is what a name says.
type naming struct {
	words []string
	// cred is set when a word names a secret, head when it is the last word.
	cred, head bool
	// other is set when a further word turns the name into that of something else.
	other bool
}

func readName(name string) naming {
	n := naming{words: splitWords(name)}
	if productNames.has(strings.ToLower(name)) {
		return n
	}
	for i, w := range n.words {
		switch {
		case isCredentialWord(n.words, i):
			n.cred, n.head = true, i == len(n.words)-1
		case benignHeads.has(w) && i == len(n.words)-1, malwareWords.has(w), indicatorWords.has(w) && i == len(n.words)-1:
			n.other = true
		}
	}
	return n
}

// fits reports whether v can be what the name says, as far as a text without a form of its own can: a password may be
// any text, a token or key is long or no plain word.
func (n naming) fits(v string) bool {
	for i, w := range n.words {
		if !isCredentialWord(n.words, i) {
			continue
		}
		switch w {
		case "token", "tokens", "tok", "key", "keys":
			continue
		case "auth", "bearer", "authorization", "jwt", "cookie":
			return mixed(v)
		}
		return true
	}
	return tokenLike(v)
}

// tokenLike reports whether v can be a token or key that a service made, as against a word or a name of code: it is
// one piece with letters and digits, or long.
func tokenLike(v string) bool {
	letters, digits := 0, 0
	for _, r := range v {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case unicode.IsSpace(r):
			return false
		}
	}
	if len(v) < 8 || letters == 0 {
		return false
	}
	return digits > 0 && !codeName(v, digits) || len(v) >= 32
}

// codeName reports whether v is written like a name in a program, such as FromBase64String: words and few digits.
func codeName(v string, digits int) bool {
	short := 0
	for _, w := range splitWords(v) {
		if len(w) < 3 {
			short++
		}
	}
	return digits <= 3 && short <= 1
}

// holdsSecret reports whether a text under the name is a secret whatever its form: password, token_lab, but not
// password_file or token_stealer.
func (n naming) holdsSecret() bool { return n.cred && (n.head || !n.other) }

// senseFor gives what the name says about a value of shape s.
func (n naming) senseFor(s shape) sense {
	if n.cred {
		switch {
		case n.holdsSecret():
			return credential
		case n.indicates(s):
			return indicator
		}
		return neutral
	}
	if n.indicates(s) {
		return indicator
	}
	return neutral
}

func (n naming) indicates(s shape) bool {
	for i, w := range n.words {
		if indicatorWords.has(w) || malwareWords.has(w) || (s == guid || s == guid4) && guidWords.has(w) {
			return true
		}
		if i == len(n.words)-1 && (w == "id" || w == "ids" || w == "uid") {
			return true
		}
	}
	return false
}

// namesServer reports whether the name is that of a server or its owner.
func (n naming) namesServer() bool {
	for _, w := range n.words {
		if serverWords.has(w) {
			return true
		}
	}
	return false
}
