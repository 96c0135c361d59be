package check

import (
	"strings"
	"unicode"
)

// style is how a value stands under its name: as a literal of the script, as the value of a configuration line, or
// within running text. The looser the form, the more the value itself must look like a secret.
type style int

const (
	asLiteral style = iota
	asConfig
	asProse
)

var (
	// emptyValues stand where a secret will be, or describe it.
	emptyValues = words(`password passwd passphrase secret token api_token apitoken apikey api_key changeme change_me
		change-me changeit placeholder redacted removed hidden masked none null undefined required optional string
		dummy sample example default unknown missing invalid expired rejected denied accepted wrong unused
		username usernames basic digest bearer kerberos negotiate windows ntlm anonymous prompt interactive keyring
		keychain vault environment profile profiles provided injected stored encrypted plaintext cleartext disabled
		enabled static dynamic boolean integer bytes false unset insert-here fixme credential credentials session
		infected never always external internal nothing withheld stripped omitted forbidden refused granted revoked rotated`)
	// authSchemes stand before the value in a header.
	authSchemes = words(`bearer token basic splunk apikey digest`)
	// proseWords mark a sentence.
	proseWords = words(`the of to a an for is are in and or from with your this that it by on as not no be will must`)
	// leadWords begin a message or a label.
	leadWords = words(`enter type please use see missing invalid failed wrong cannot could see ask set get reset change
		changed new old possible suspicious stolen dumped`)
	fileEnd = newExpression(`(?i)\.(?:exe|dll|sys|ps1|psm1|bat|cmd|txt|log|py|star|bzl|ini|conf|cfg|cnf|json|ya?ml|csv|` +
		`tsv|xml|db|sqlite3?|kdbx?|key|pem|crt|cer|pfx|p12|zip|7z|rar|lnk|vbs|js|hta|docx?|docm|dotm|xlsx?|xls[bm]|pptx?|pptm|rtf|iso|img|vhdx?|scr|cpl|jse|wsf|bin|cab|pdf|dat|dit|hiv|sav|html?|` +
		`php|aspx?|jsp|md|plist|keychain|keychain-db|dmp|tmp|msi|jar|sh|elf|so|dylib|evtx|reg|go|cs|vcf|eml)$`)
	hostEnd = newExpression(`^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|de|fr|uk|eu|us|ch|at|nl|ru|cn|gov|edu|mil|int|info|` +
		`biz|dev|app|cloud|example|test|local|lan|corp|internal|invalid)$`)
	pathStart   = newExpression(`^(?:/|\./|\.\./|~/|\\\\|[A-Za-z]:[\\/]|%[A-Za-z]+%|(?i:hk[a-z]{2,3}|hkey_[a-z_]+|registry)\\)`)
	queryStart  = newExpression(`^[(\s-]*([A-Za-z][A-Za-z0-9_.]*):\S`)
	regexParts  = newExpression(`\(\?[imsU:P]|\\[bdwsWDS]|\.\*|\.\+|\[[^\]]*-[^\]]*\]|\(\^|\|`)
	fieldName   = newExpression(`^[A-Za-z]+(?:[_.-][A-Za-z]+)+$|^[a-z]+(?:[A-Z][a-z]+)+$`)
	codeRef     = newExpression(`^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*[(\[]|^[a-z_]+(?:\.[a-z_]+)+$`)
	version     = newExpression(`^v?[0-9]+(?:\.[0-9x]+)+$|^[0-9]{4}-[0-9]{2}-[0-9]{2}|^[0-9]+-[a-z]+$`)
	markWords   = newExpression(`(?i)(?:^|[^a-z])(?:your|example|placeholder|redacted|change.?me|replace.?me|todo|dummy|insert)|[_-]here$`)
	formatMarks = newExpression(`%[srdx]|%\([a-z]|\{[A-Za-z0-9_.!]*\}|\$\{|\$\(|^\$[A-Za-z_]+$|<[^<>]*>|\{\{`)
)

// placeholder reports whether v stands for a value that is filled in elsewhere, or describes one.
func placeholder(v string) bool {
	v = strings.TrimSpace(v)
	return v == "" || emptyValues.has(strings.Trim(strings.ToLower(v), "()[]<>{}")) || marked(v)
}

// marked reports whether v bears the marks of a placeholder: brackets, verbs, x and asterisks.
func marked(v string) bool {
	switch {
	case v == "":
		return false
	case formatMarks.MatchString(v), markWords.MatchString(v):
		return true
	}
	for _, part := range [...]string{"xxxx", "XXXX", "***", "...", "…", "<"} {
		if strings.Contains(v, part) {
			return true
		}
	}
	first := v[0]
	return strings.Trim(v, string(rune(first))) == "" // one character repeated
}

// secretText reports whether v, which stands under the name of a credential, may be one.
func secretText(v string, how style) bool {
	if how != asLiteral {
		v = strings.TrimRight(v, ".,;:!?")
		if how == asConfig || len(v) == 0 {
			v = strings.TrimSpace(v)
		}
	}
	if len([]rune(v)) < 6 || placeholder(v) || alphabetical(v) || notSecretForm(v) {
		return false
	}
	switch how {
	case asConfig:
		return !codeRef.MatchString(v)
	case asProse:
		return !codeRef.MatchString(v) && !version.MatchString(v) && mixed(v)
	}
	return !version.MatchString(v)
}

// alphabetical reports whether v is a piece of the alphabet or of the digits, made up to show a length.
func alphabetical(v string) bool {
	steps := 0
	for i := 1; i < len(v); i++ {
		if d := int(v[i]|0x20) - int(v[i-1]|0x20); d == 1 {
			steps++
		}
	}
	return len(v) >= 12 && steps*5 >= len(v)*4
}

// notSecretForm reports whether v is a path, a file, a pattern, a query, a URL, the name of a field, or a sentence.
func notSecretForm(v string) bool {
	switch {
	case pathStart.MatchString(v), fileEnd.MatchString(v), hostEnd.MatchString(v), regexParts.MatchString(v), strings.Contains(v, "://"):
		return true
	case strings.HasPrefix(v, "*") || strings.HasSuffix(v, "*") && !mixed(strings.TrimRight(v, "*")):
		return true
	}
	if m := queryStart.FindStringSubmatch(v); m != nil && queryFields.has(strings.ToLower(m[1])) {
		return true
	}
	if fieldName.MatchString(v) && readName(v).cred {
		return true
	}
	return sentence(v)
}

// sentence reports whether v is a message or a label about secrets, and not a passphrase.
func sentence(v string) bool {
	parts := strings.Fields(v)
	if len(parts) < 2 {
		return false
	}
	if leadWords.has(strings.ToLower(parts[0])) {
		return true
	}
	function := 0
	for i, p := range parts {
		p = strings.ToLower(strings.Trim(p, ".,:;!?()'\""))
		if proseWords.has(p) {
			function++
		}
		if credentialWords.has(p) || (p == "key" || p == "keys") && i > 0 {
			return true
		}
	}
	return len(parts) >= 3 && function > 0
}

// classes counts the kinds of characters in v: small letters, capitals, digits, signs.
func classes(v string) int {
	var seen [4]bool
	for _, r := range v {
		switch {
		case unicode.IsLower(r):
			seen[0] = true
		case unicode.IsUpper(r):
			seen[1] = true
		case unicode.IsDigit(r):
			seen[2] = true
		default:
			seen[3] = true
		}
	}
	n := 0
	for _, s := range seen {
		if s {
			n++
		}
	}
	return n
}

// mixed reports whether v has letters together with digits or signs that running text does not use within a word.
func mixed(v string) bool {
	var lower, upper, digit, sign bool
	for i, r := range v {
		switch {
		case unicode.IsUpper(r):
			upper = upper || i > 0
		case unicode.IsLetter(r):
			lower = true
		case unicode.IsDigit(r):
			digit = true
		case strings.ContainsRune("!@#$%^&*+=?~", r):
			sign = true
		}
	}
	return (lower || upper) && (digit || sign) || lower && upper && len(v) >= 12
}

// queryFields are the names that stand before a colon in a search of the three products.
var queryFields = words(`process_name cmdline path md5 sha1 sha256 hash process_md5 process_sha256 parent_md5 parent_sha256
	childproc_md5 childproc_sha256 filemod_md5 modload_md5 parent_name childproc_name modload filemod regmod netconn_count
	ipaddr ipport domain hostname host username host_type os_type group sensor_id start last_update last_server_update
	internal_name original_filename observed_filename company_name product_name file_desc file_version product_version
	digsig_result digsig_publisher digsig_issuer digsig_subject digsig_prog_name digsig_sign_time process_pid parent_pid
	process_id parent_id unique_id id segment_id watchlist_id feed_id feed_name report_id report_title alert_type status
	server_added_timestamp is_64bit is_executable_image orig_mod_len copied_mod_len crossproc_name crossproc_md5
	crossproc_type crossproc_target filemod_count regmod_count modload_count childproc_count tampered has_emet_event
	blocked_md5 blocked_status filewrite_md5 filewrite_sha256 alliance_score_virustotal q cb comms_ip interface_ip
	md5hash filehash sha256hash filename filepath publisher computername policyname localstate connectorid prevalence
	ipaddress hostnameexact applicationname searchwindow name groupid ip title signature ja3 ja3s tlsh ssdeep imphash
	service_name service_path fileless_scriptload_cmdline netconn_domain netconn_ipv4 process_cmdline process_hash
	process_guid parent_guid device_name device_id regmod_name filemod_name modload_name modload_hash filemod_hash
	childproc_hash childproc_cmdline parent_cmdline childproc_guid crossproc_guid ttp reputation ipv4 dns guid`)
