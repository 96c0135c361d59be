package response

import (
	"strings"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// The feeds whose scores the server attaches to documents by the MD5 of the binary.
const (
	feedVirusTotal = "virustotal"
	feedTrust      = "srstrust"
)

// score gives a binary's score in a feed; ok is false when the feed does not know it.
func score(b *story.Binary, feed string) (n int64, ok bool) {
	if b == nil {
		return 0, false
	}
	switch feed {
	case feedVirusTotal:
		return int64(b.VirusTotal), b.VirusTotal > 0
	case feedTrust:
		return int64(-10 * b.Trust), b.Trust > 0
	}
	return 0, false
}

// allianceName divides a field such as alliance_score_virustotal.
func allianceName(field string) (part, feed string) {
	rest, ok := strings.CutPrefix(field, "alliance_")
	if !ok {
		return "", ""
	}
	part, feed, _ = strings.Cut(rest, "_")
	return part, feed
}

func (r *row) allianceNumbers(field string, buf []int64) []int64 {
	return binaryScores(r.proc.Binary, field, buf)
}

func (r *row) allianceStrings(field string, buf []string) []string {
	return binaryAlliance(r.proc.Binary, field, buf)
}

func binaryScores(b *story.Binary, field string, buf []int64) []int64 {
	if part, feed := allianceName(field); part == "score" {
		if n, ok := score(b, feed); ok {
			return append(buf, n)
		}
	}
	return buf
}

func binaryAlliance(b *story.Binary, field string, buf []string) []string {
	part, feed := allianceName(field)
	if _, ok := score(b, feed); !ok {
		return buf
	}
	switch part {
	case "data":
		return append(buf, b.MD5)
	case "link":
		return append(buf, allianceLink(b, feed))
	}
	return buf
}

func allianceLink(b *story.Binary, feed string) string {
	if feed == feedVirusTotal {
		return "https://www.virustotal.com/file/" + b.MD5 + "/analysis/"
	}
	return "https://services.bit9.com/Services/extinfo.aspx?md5=" + b.MD5
}

// alliance writes what the feeds say about a binary.
func (o *object) alliance(b *story.Binary) {
	for _, feed := range []string{feedTrust, feedVirusTotal} {
		n, ok := score(b, feed)
		if !ok {
			continue
		}
		o.texts("alliance_data_"+feed, []string{b.MD5})
		o.number("alliance_score_"+feed, n)
		o.text("alliance_link_"+feed, allianceLink(b, feed))
		o.instant("alliance_updated_"+feed, b.FirstSeen.Truncate(1e9))
	}
}
