package check

import (
	"regexp"
	"strings"
	"sync"
)

// token is one form of credential that its issuer marks with a prefix or another shape of its own. The forms are facts
// published by the issuers; the selection was compared with the rule list of gitleaks 8.30 (MIT licence), whose
// generic and keyword rules are left out because the rules on context do their work here. The patterns are our own.
type token struct {
	id      string
	what    string
	keyword string // lower-case text that every match contains: the pattern is compiled only once this was seen
	find    func() *regexp.Regexp
}

func (t token) rule() Rule {
	return Rule{ID: t.id, What: t.what, Remedy: remedyRevoke, Severity: Error}
}

// pattern compiles on first use, since most scripts contain no keyword at all. A match may begin after any character
// that is not a letter, digit or underscore, and its first group, where there is one, is the secret.
func pattern(re string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(re) })
}

var tokens = [...]token{
	{"jwt", "a JSON Web Token", "eyj", pattern(`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}`)},
	{"age-key", "an age secret key", "age-secret-key-1", pattern(`\bAGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}\b`)},
	{"aws-access-key", "an AWS access key id", "", pattern(`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b`)},
	{"aws-bedrock-key", "an AWS Bedrock API key", "absk", pattern(`\bABSK[A-Za-z0-9+/]{109,269}={0,2}`)},
	{"azure-client-secret", "an Azure AD client secret", "q~", pattern(`(?:^|[^A-Za-z0-9_~.-])([A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?:$|[^A-Za-z0-9_~.-])`)},
	{"azure-storage-key", "an Azure storage account key", "accountkey=", pattern(`(?i)\bAccountKey=([A-Za-z0-9+/]{86}==)`)},
	{"azure-sas", "an Azure shared access signature", "sig=", pattern(`[?&]sig=([A-Za-z0-9%+/]{40,}(?:%3D|=))`)},
	{"gcp-api-key", "a Google API key", "aiza", pattern(`\bAIza[A-Za-z0-9_-]{35}(?:$|[^A-Za-z0-9_-])`)},
	{"gcp-oauth-secret", "a Google OAuth client secret", "gocspx-", pattern(`\bGOCSPX-[A-Za-z0-9_-]{28}`)},
	{"gcp-oauth-token", "a Google OAuth access token", "ya29.", pattern(`\bya29\.[A-Za-z0-9_-]{40,}`)},
	{"alibaba-access-key", "an Alibaba Cloud access key id", "ltai", pattern(`\bLTAI[A-Za-z0-9]{20}\b`)},
	{"digitalocean-token", "a DigitalOcean token", "_v1_", pattern(`\bdo[opr]_v1_[a-f0-9]{64}\b`)},
	{"cloudflare-ca-key", "a Cloudflare origin CA key", "v1.0-", pattern(`\bv1\.0-[a-f0-9]{24}-[a-f0-9]{146}\b`)},
	{"heroku-key", "a Heroku API key", "hrku-aa", pattern(`\bHRKU-AA[A-Za-z0-9_-]{58}`)},
	{"flyio-token", "a Fly.io access token", "fm2_", pattern(`\bfm2_[A-Za-z0-9+/]{100,}={0,3}`)},
	{"netlify-token", "a Netlify access token", "nfp_", pattern(`\bnfp_[A-Za-z0-9]{36,40}\b`)},
	{"supabase-token", "a Supabase access token", "sbp_", pattern(`\bsbp_[a-f0-9]{40}\b`)},
	{"planetscale-token", "a PlanetScale token or password", "pscale_", pattern(`\bpscale_(?:tkn|oauth|pw)_[A-Za-z0-9=._-]{32,64}`)},
	{"github-token", "a GitHub token", "gh", pattern(`\bgh[pousr]_[A-Za-z0-9]{36,251}\b`)},
	{"github-fine-grained", "a GitHub fine-grained token", "github_pat_", pattern(`\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b`)},
	{"gitlab-token", "a GitLab token", "gl", pattern(`\bgl(?:pat|dt|ptt|rt|ft|soat|imt|oas|agent|ffct)-[A-Za-z0-9_-]{20,300}`)},
	{"gitlab-job-token", "a GitLab CI job token", "glcbt-", pattern(`\bglcbt-[A-Za-z0-9]{1,5}_[A-Za-z0-9_-]{20}`)},
	{"gitlab-runner-registration", "a GitLab runner registration token", "gr1348941", pattern(`\bGR1348941[A-Za-z0-9_-]{20}`)},
	{"atlassian-token", "an Atlassian API token", "atatt3", pattern(`\bATATT3[A-Za-z0-9_=-]{100,}`)},
	{"bitbucket-token", "a Bitbucket app password or token", "at", pattern(`\bAT(?:BB|CTT3)[A-Za-z0-9_=-]{28,250}`)},
	{"slack-token", "a Slack token", "xox", pattern(`\bxox[abeoprs](?:\.xox[bp])?-(?:[0-9]-)?[A-Za-z0-9-]{10,250}`)},
	{"slack-app-token", "a Slack app-level token", "xapp-", pattern(`\bxapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-z0-9]{32,}\b`)},
	{"slack-webhook", "a Slack webhook URL", "hooks.slack.com", pattern(`hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{40,60})`)},
	{"teams-webhook", "a Microsoft Teams webhook URL", "webhook.office.com", pattern(`webhook\.office\.com/webhookb2/([0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})`)},
	{"discord-webhook", "a Discord webhook URL", "/api/webhooks/", pattern(`discord(?:app)?\.com/api/webhooks/([0-9]{17,20}/[A-Za-z0-9_-]{60,80})`)},
	{"discord-bot-token", "a Discord bot token", ".", pattern(`\b[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}(?:$|[^A-Za-z0-9_-])`)},
	{"telegram-bot-token", "a Telegram bot token", ":aa", pattern(`(?:^|[^A-Za-z0-9_])(?:bot)?([0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?:$|[^A-Za-z0-9_-])`)},
	{"lark-webhook", "a Lark or Feishu webhook URL", "/open-apis/bot/", pattern(`/open-apis/bot/v2/hook/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`)},
	{"twilio-key", "a Twilio API key", "sk", pattern(`\bSK[0-9a-f]{32}\b`)},
	{"sendgrid-key", "a SendGrid API key", "sg.", pattern(`\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`)},
	{"mailchimp-key", "a Mailchimp API key", "-us", pattern(`\b[0-9a-f]{32}-us[0-9]{1,2}\b`)},
	{"brevo-key", "a Brevo API key", "xkeysib-", pattern(`\bxkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}\b`)},
	{"stripe-key", "a Stripe key", "k_", pattern(`\b[rs]k_(?:live|test|prod)_[A-Za-z0-9]{16,99}\b`)},
	{"square-token", "a Square token", "sq0", pattern(`\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}`)},
	{"shopify-token", "a Shopify token", "shp", pattern(`\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}\b`)},
	{"npm-token", "an npm access token", "npm_", pattern(`\bnpm_[A-Za-z0-9]{36}\b`)},
	{"pypi-token", "a PyPI upload token", "pypi-age", pattern(`\bpypi-AgE[A-Za-z0-9_-]{50,1000}`)},
	{"rubygems-key", "a RubyGems API key", "rubygems_", pattern(`\brubygems_[a-f0-9]{48}\b`)},
	{"docker-token", "a Docker Hub access token", "dckr_", pattern(`\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{27,32}`)},
	{"artifactory-key", "an Artifactory API key", "akcp", pattern(`\bAKCp[A-Za-z0-9]{69}\b`)},
	{"artifactory-reference", "an Artifactory reference token", "cmvmd", pattern(`\bcmVmd[A-Za-z0-9]{59}\b`)},
	{"vault-token", "a HashiCorp Vault token", "hv", pattern(`\bhv[bs]\.[A-Za-z0-9_-]{90,300}`)},
	{"terraform-token", "a Terraform Cloud token", ".atlasv1.", pattern(`\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}`)},
	{"pulumi-token", "a Pulumi access token", "pul-", pattern(`\bpul-[a-f0-9]{40}\b`)},
	{"doppler-token", "a Doppler token", "dp.", pattern(`\bdp\.(?:pt|st|ct|sa)\.[A-Za-z0-9._-]{40,60}`)},
	{"databricks-token", "a Databricks token", "dapi", pattern(`\bdapi[a-f0-9]{32}(?:-[0-9])?\b`)},
	{"grafana-token", "a Grafana service account or cloud token", "gl", pattern(`\b(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,400}={0,2})`)},
	{"newrelic-key", "a New Relic key", "nra", pattern(`\bNRA[KA]-[A-Z0-9]{27}\b`)},
	{"dynatrace-token", "a Dynatrace token", "dt0", pattern(`\bdt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}\b`)},
	{"sentry-token", "a Sentry token", "sntry", pattern(`\bsntry[su]_[A-Za-z0-9_=+/-]{60,400}`)},
	{"sonar-token", "a SonarQube token", "sq", pattern(`\bsq[apu]_[a-f0-9]{40}\b`)},
	{"postman-key", "a Postman API key", "pmak-", pattern(`\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}\b`)},
	{"linear-key", "a Linear API key", "lin_api_", pattern(`\blin_api_[A-Za-z0-9]{40}\b`)},
	{"notion-token", "a Notion token", "ntn_", pattern(`\bntn_[A-Za-z0-9]{40,50}\b`)},
	{"airtable-token", "an Airtable token", "pat", pattern(`\bpat[A-Za-z0-9]{14}\.[a-f0-9]{64}\b`)},
	{"figma-token", "a Figma token", "figd_", pattern(`\bfigd_[A-Za-z0-9_-]{40}`)},
	{"tailscale-key", "a Tailscale key", "tskey-", pattern(`\btskey-[a-z]+-[A-Za-z0-9]{10,}-[A-Za-z0-9]{16,}`)},
	{"1password-key", "a 1Password secret key", "a3-", pattern(`\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}\b`)},
	{"1password-token", "a 1Password service account token", "ops_eyj", pattern(`\bops_eyJ[A-Za-z0-9+/_-]{200,}={0,3}`)},
	{"openai-key", "an OpenAI key", "sk-", pattern(`\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})`)},
	{"anthropic-key", "an Anthropic key", "sk-ant-", pattern(`\bsk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{80,120}`)},
	{"huggingface-token", "a Hugging Face token", "hf_", pattern(`\bhf_[A-Za-z]{34}\b`)},
	{"facebook-token", "a Facebook access token", "eaa", pattern(`\bEAA[MC][A-Za-z0-9]{100,}`)},
}

// shapeHit is a credential whose shape alone gives it away: text[start:end] is the secret.
type shapeHit struct {
	start, end int
	rule       string
}

// findTokens gives the prefixed tokens in text. lower is text in lower case, made by the caller once.
func findTokens(text, lower string) []shapeHit {
	var hits []shapeHit
	for _, t := range tokens {
		if len(text) < 16 || t.keyword != "" && !strings.Contains(lower, t.keyword) {
			continue
		}
		if t.id == "aws-access-key" && !hasAWSPrefix(text) {
			continue
		}
		for _, m := range t.find().FindAllStringSubmatchIndex(text, -1) {
			start, end := m[0], m[1]
			if len(m) > 2 && m[2] >= 0 {
				start, end = m[2], m[3]
			}
			if !samplePattern(text[start:end]) {
				hits = append(hits, shapeHit{start, end, t.id})
			}
		}
	}
	return hits
}

func hasAWSPrefix(text string) bool {
	for _, p := range [...]string{"AKIA", "ASIA", "ABIA", "ACCA"} {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}
