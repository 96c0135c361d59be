package check_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/check"
)

// tokenSamples has one form of each prefixed token. The near miss of each is the same with its first letters changed.
var tokenSamples = map[string]string{
	"jwt":                        "eyJ{{alnum30}}.eyJ{{alnum60}}.{{alnum43}}",
	"age-key":                    "AGE-SECRET-KEY-1{{bech58}}",
	"aws-access-key":             "AKIA{{b16}}",
	"aws-bedrock-key":            "ABSK{{alnum120}}",
	"azure-client-secret":        "{{alnum3}}7Q~{{alnum34}}",
	"azure-storage-key":          "AccountKey={{alnum86}}==",
	"azure-sas":                  "https://x.blob.core.windows.net/a?sv=1&sig={{alnum43}}%3D",
	"gcp-api-key":                "AIza{{alnum35}}",
	"gcp-oauth-secret":           "GOCSPX-{{alnum28}}",
	"gcp-oauth-token":            "ya29.{{alnum60}}",
	"alibaba-access-key":         "LTAI{{alnum20}}",
	"digitalocean-token":         "dop_v1_{{hex64}}",
	"cloudflare-ca-key":          "v1.0-{{hex24}}-{{hex146}}",
	"heroku-key":                 "HRKU-AA{{alnum58}}",
	"flyio-token":                "fm2_{{alnum110}}",
	"netlify-token":              "nfp_{{alnum40}}",
	"supabase-token":             "sbp_{{hex40}}",
	"planetscale-token":          "pscale_tkn_{{alnum43}}",
	"github-token":               "ghp_{{alnum36}}",
	"github-fine-grained":        "github_pat_{{alnum22}}_{{alnum59}}",
	"gitlab-token":               "glpat-{{alnum20}}",
	"gitlab-job-token":           "glcbt-64_{{alnum20}}",
	"gitlab-runner-registration": "GR1348941{{alnum20}}",
	"atlassian-token":            "ATATT3{{alnum186}}",
	"bitbucket-token":            "ATBB{{alnum32}}",
	"slack-token":                "xoxb-{{digit11}}-{{digit12}}-{{alnum24}}",
	"slack-app-token":            "xapp-1-A{{up10}}-{{digit13}}-{{hex64}}",
	"slack-webhook":              "https://hooks.slack.com/services/T{{up8}}/B{{up10}}/{{alnum24}}",
	"teams-webhook":              "https://x.webhook.office.com/webhookb2/{{guid}}@{{guid}}/IncomingWebhook/{{hex32}}/{{guid}}",
	"discord-webhook":            "https://discord.com/api/webhooks/{{digit18}}/{{alnum68}}",
	"discord-bot-token":          "M{{alnum23}}.{{alnum6}}.{{alnum30}}",
	"telegram-bot-token":         "{{digit9}}:AA{{alnum33}}",
	"lark-webhook":               "https://open.feishu.cn/open-apis/bot/v2/hook/{{guid}}",
	"twilio-key":                 "SK{{hex32}}",
	"sendgrid-key":               "SG.{{alnum22}}.{{alnum43}}",
	"mailchimp-key":              "{{hex32}}-us7",
	"brevo-key":                  "xkeysib-{{hex64}}-{{alnum16}}",
	"stripe-key":                 "sk_live_{{alnum24}}",
	"square-token":               "sq0atp-{{alnum22}}",
	"shopify-token":              "shpat_{{hex32}}",
	"npm-token":                  "npm_{{alnum36}}",
	"pypi-token":                 "pypi-AgE{{alnum90}}",
	"rubygems-key":               "rubygems_{{hex48}}",
	"docker-token":               "dckr_pat_{{alnum27}}",
	"artifactory-key":            "AKCp{{alnum69}}",
	"artifactory-reference":      "cmVmd{{alnum59}}",
	"vault-token":                "hvs.{{alnum95}}",
	"terraform-token":            "{{alnum14}}.atlasv1.{{alnum66}}",
	"pulumi-token":               "pul-{{hex40}}",
	"doppler-token":              "dp.pt.{{alnum43}}",
	"databricks-token":           "dapi{{hex32}}",
	"grafana-token":              "glsa_{{alnum32}}_{{hex8}}",
	"newrelic-key":               "NRAK-{{up27}}",
	"dynatrace-token":            "dt0c01.{{up24}}.{{up64}}",
	"sentry-token":               "sntrys_{{alnum100}}",
	"sonar-token":                "squ_{{hex40}}",
	"postman-key":                "PMAK-{{hex24}}-{{hex34}}",
	"linear-key":                 "lin_api_{{alnum40}}",
	"notion-token":               "ntn_{{alnum46}}",
	"airtable-token":             "pat{{alnum14}}.{{hex64}}",
	"figma-token":                "figd_{{alnum40}}",
	"tailscale-key":              "tskey-auth-{{alnum17}}-{{alnum32}}",
	"1password-key":              "A3-{{up6}}-{{up11}}-{{up5}}-{{up5}}-{{up5}}",
	"1password-token":            "ops_eyJ{{alnum250}}",
	"openai-key":                 "sk-proj-{{alnum48}}",
	"anthropic-key":              "sk-ant-api03-{{alnum93}}AA",
	"huggingface-token":          "hf_{{low34}}",
	"facebook-token":             "EAAC{{alnum150}}",
}

// TestTokens tries each prefixed token as a literal, in a comment, within a text, split, in base64 and backwards.
func TestTokens(t *testing.T) {
	gen := newGenerator(2)
	for id, form := range tokenSamples {
		for range 5 {
			token := gen.fill(t, form)
			for _, script := range []string{
				"x = \"" + token + "\"\n",
				"# " + token + "\n",
				"\"\"\"See " + token + " for more.\"\"\"\n",
				"x = {\"note\": \"uses " + token + ", sometimes\"}\n",
				"x = \"" + token[:9] + "\" + \"" + token[9:] + "\"\n",
				"x = \"" + base64.StdEncoding.EncodeToString([]byte(token)) + "\"\n",
				"x = \"" + backwards(token) + "\"\n",
			} {
				if r := checkText(t, "x.star", script, check.Options{}); !hasRule(r, id) {
					t.Errorf("%s does not find\n%s\nfindings: %v", id, script, r.Findings)
				}
			}
		}
	}
}

// TestTokenNearMisses holds that a masked token and the beginning of one pass: documentation shows them so.
func TestTokenNearMisses(t *testing.T) {
	gen := newGenerator(3)
	for id, form := range tokenSamples {
		masked := hole.ReplaceAllStringFunc(form, func(h string) string { return strings.Repeat("x", len(gen.make(t, h[2:len(h)-2]))) })
		begin := gen.fill(t, form)[:strings.Index(form, "{{")+6]
		for _, text := range []string{masked, begin, begin + "..."} {
			script := "x = \"" + text + "\" # " + text + "\n"
			if r := checkText(t, "x.star", script, check.Options{}); hasRule(r, id) {
				t.Errorf("%s must not find anything in\n%s\nfindings: %v", id, script, r.Findings)
			}
		}
	}
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
