package check

import "slices"

// Rule is one row of the table of rules.
type Rule struct {
	// ID is stable: waivers, SARIF results and the documentation use it.
	ID string
	// What says what the rule finds.
	What string
	// Remedy says how to mend a finding.
	Remedy string
	// Severity is that of its findings.
	Severity Severity
	// Waivable rules can be allowed in one place by a comment: # cbscript:allow ID reason.
	Waivable bool
}

// The ids of the rules that are not about a prefixed token; those are in the table of tokens.
const (
	ruleKnownValue       = "known-value"
	ruleKnownName        = "known-name"
	ruleKnownShort       = "known-value-short"
	ruleDefenseKey       = "cb-defense-key"
	ruleDefensePart      = "cb-defense-key-part"
	ruleResponseToken    = "cb-response-token"
	ruleProtectionToken  = "cb-protection-token"
	ruleHexKey           = "hex-key"
	ruleBareHex          = "bare-hex-40"
	ruleBareGUID         = "bare-guid"
	ruleURLPassword      = "url-password"
	rulePrivateKey       = "private-key"
	ruleAuthHeader       = "auth-header"
	ruleTokenLogin       = "api-token-login"
	ruleSecretParameter  = "secret-parameter"
	ruleConnection       = "connection-credential"
	ruleAssigned         = "assigned-secret"
	ruleSyntax           = "syntax"
	ruleNotRead          = "not-read"
	ruleWaiverReason     = "waiver-reason"
	ruleWaiverRule       = "waiver-rule"
	ruleWaiverRefused    = "waiver-refused"
	ruleWaiverUnused     = "waiver-unused"
	ruleMetaForm         = "meta-form"
	ruleNeedsMissing     = "needs-missing"
	ruleNeedsUnused      = "needs-unused"
	ruleNeedsUnknown     = "needs-unknown"
	ruleModuleUnread     = "module-unread"
	ruleTypeCompare      = "type-compare"
	ruleQueryMembership  = "query-membership"
	ruleQueryConcat      = "query-concat"
	remedyProfile        = "Remove it, revoke it at its server, and put the new one into a credential profile: the host adds it to requests, the script never needs it."
	remedySayWhatItIs    = "If it is a token, remove and revoke it. If it is an indicator, say so: name it (sha1_dropper, clsid_shell), put it in a list with others, or write the query field before it."
	remedyRevoke         = "Remove it and revoke it at its issuer. A script reaches no service but through the host, which adds the credential itself."
	remedySecretElsewher = "Remove it and change it where it is used. Ask for it with param(), or let the host's profile hold it."
)

// rules is the table, in the order in which values are judged. The prefixed tokens follow private-key.
var rules = [...]Rule{
	{ruleKnownValue, "a secret of one of the author's own profiles, as it is or encoded", remedyProfile, Error, false},
	{ruleKnownName, "a host name, org key or domain of one of the author's own profiles", "Replace it by an example name, or allow names for this bundle.", Error, true},
	{ruleKnownShort, "a profile's value that is too short to be looked for", "Give the profile a longer secret; until then look for this one by hand.", Warning, true},
	{ruleDefenseKey, "a Cb Defense API key with its connector id", remedyProfile, Error, false},
	{ruleURLPassword, "a URL with a user's password or token in it", "Remove the part before the @ and change the password or token. The profile holds the login.", Error, false},
	{ruleAuthHeader, "an authentication header with its value", "Remove it and revoke the token. The host sends the header itself.", Error, false},
	{rulePrivateKey, "a private key", "Remove it and replace the key pair. Keys stay with the host.", Error, false},
	{ruleTokenLogin, "a user name or password given to get_api_token", "Remove it and change the password. Get the token once, with cbscript configure: a script never logs in by itself.", Error, false},
	{ruleSecretParameter, "a literal given to a field or parameter that takes a credential", remedySecretElsewher, Error, false},
	{ruleConnection, "a login or token given where a connection is made", remedyProfile, Error, true},
	{ruleResponseToken, "40 hex digits, the form of a Cb Response API token, where a credential is expected", remedyProfile, Error, true},
	{ruleProtectionToken, "a GUID, the form of a Cb Protection API token, where a credential is expected", remedyProfile, Error, true},
	{ruleDefensePart, "one half of a Cb Defense API key, where a credential is expected", remedyProfile, Error, true},
	{ruleHexKey, "32 or 64 hex digits, the form of many services' keys, where a credential is expected", remedySecretElsewher, Error, true},
	{ruleAssigned, "a text under the name of a credential", remedySecretElsewher, Error, true},
	{ruleBareHex, "40 hex digits that could be a Cb Response API token as well as a SHA-1", remedySayWhatItIs, Error, true},
	{ruleBareGUID, "a random GUID that could be a Cb Protection API token as well as an identifier", remedySayWhatItIs, Error, true},
	{ruleSyntax, "a script that does not parse or uses an unknown name", "Correct it: what cannot be parsed cannot be checked.", Error, false},
	{ruleNotRead, "a file that was not checked", "Remove it from the bundle, or make it readable and smaller.", Error, false},
	{ruleWaiverReason, "a waiver without a reason", "Write the reason after the rule: # cbscript:allow RULE why this is not a credential.", Error, false},
	{ruleWaiverRule, "a waiver of a rule that does not exist", "Use the id that the finding shows.", Error, false},
	{ruleWaiverRefused, "a waiver of a rule that allows none", "Remove the value; nothing but a credential looks like it.", Error, false},
	{ruleWaiverUnused, "a waiver that allows nothing", "Remove it, or move it to the line of the finding or the line above.", Warning, false},
	{ruleMetaForm, "a meta() declaration that cannot be read from the text", "Call meta() once, at the top level, with literal texts and a literal list in needs.", Error, false},
	{ruleNeedsMissing, "a declaration in meta(needs=) that is narrower than the script", "Add it to needs, or remove the call.", Error, false},
	{ruleNeedsUnused, "a declaration in meta(needs=) of something that the script does not use", "Remove it from needs.", Warning, true},
	{ruleNeedsUnknown, "an attribute whose name is computed, so that its capability is unknown", "Write the attribute's name out.", Warning, true},
	{ruleModuleUnread, "a file of a bundle that could not be read, so that its needs are not known", "Install the bundle: cbscript install says how.", Warning, false},
	{ruleTypeCompare, "type(x) compared with a type, which is never equal: type gives a text", `Compare with a text: type(x) == "int".`, Warning, true},
	{ruleQueryMembership, "a test of membership in a query, which may read every page of its results", "Ask the server: q.where(...) and then bool(q), or keep the results in a list.", Warning, true},
	{ruleQueryConcat, "a condition put together from text and data, which lets data become syntax", `Use keyword terms, which are quoted: where(process_name=name).`, Warning, true},
}

// Rules gives the table of rules, in the order in which they are applied. The slice is the caller's.
func Rules() []Rule {
	out := make([]Rule, 0, len(rules)+len(tokens))
	for _, r := range rules {
		out = append(out, r)
		if r.ID == rulePrivateKey {
			for _, t := range tokens {
				out = append(out, t.rule())
			}
		}
	}
	return out
}

// ruleByID gives the rule of that id; the zero Rule when there is none.
func ruleByID(id string) Rule {
	if i := slices.IndexFunc(rules[:], func(r Rule) bool { return r.ID == id }); i >= 0 {
		return rules[i]
	}
	if i := slices.IndexFunc(tokens[:], func(t token) bool { return t.id == id }); i >= 0 {
		return tokens[i].rule()
	}
	return Rule{}
}
