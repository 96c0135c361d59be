package response

import (
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// The feeds that score binaries by their MD5.
const (
	feedVirusTotal = "virustotal"
	feedTrust      = "srstrust"
)

// tag is what a feed says about a document: the fields alliance_data_FEED, alliance_score_FEED and so on.
type tag struct {
	feed    string
	data    []string
	score   int64
	link    string
	updated time.Time
}

// tags gives what the feeds say about a binary and about the indicators that were met, by the names of the feeds.
func tags(b *story.Binary, hits []story.Hit) []tag {
	var list []tag
	if b != nil && b.Trust > 0 {
		list = append(list, tag{
			feedTrust, []string{b.MD5}, int64(-10 * b.Trust), "https://services.bit9.com/Services/extinfo.aspx?md5=" + b.MD5, b.FirstSeen,
		})
	}
	if b != nil && b.VirusTotal > 0 {
		list = append(list, tag{
			feedVirusTotal, []string{b.MD5}, int64(b.VirusTotal), "https://www.virustotal.com/file/" + b.MD5 + "/analysis/", b.FirstSeen,
		})
	}
	for _, h := range hits {
		i := slices.IndexFunc(list, func(t tag) bool { return t.feed == h.Report.Feed })
		if i < 0 {
			list = append(list, tag{feed: h.Report.Feed, link: h.Report.Link, updated: h.Report.Time})
			i = len(list) - 1
		}
		list[i].score = max(list[i].score, int64(h.Report.Score))
		if !slices.Contains(list[i].data, h.Report.ID) {
			list[i].data = append(list[i].data, h.Report.ID)
		}
	}
	slices.SortFunc(list, func(a, b tag) int { return strings.Compare(a.feed, b.feed) })
	return list
}

// allianceName divides a field such as alliance_score_virustotal.
func allianceName(field string) (part, feed string, ok bool) {
	rest, ok := strings.CutPrefix(field, "alliance_")
	if !ok {
		return "", "", false
	}
	part, feed, _ = strings.Cut(rest, "_")
	return part, feed, true
}

// tagNumbers gives the values of a field of scores or times.
func tagNumbers(b *story.Binary, hits []story.Hit, field string, buf []int64) []int64 {
	part, feed, ok := allianceName(field)
	if !ok {
		return buf
	}
	for _, t := range tags(b, hits) {
		if t.feed != feed {
			continue
		}
		switch part {
		case "score":
			return append(buf, t.score)
		case "updated":
			return append(buf, t.updated.UnixMicro())
		}
	}
	return buf
}

// tagStrings gives the values of a field of texts.
func tagStrings(b *story.Binary, hits []story.Hit, field string, buf []string) []string {
	part, feed, _ := allianceName(field)
	for _, t := range tags(b, hits) {
		if t.feed != feed {
			continue
		}
		switch part {
		case "data":
			return append(buf, t.data...)
		case "link":
			return append(buf, t.link)
		}
	}
	return buf
}

// alliance writes what the feeds say.
func (o *object) alliance(list []tag) {
	for _, t := range list {
		o.texts("alliance_data_"+t.feed, t.data)
		o.number("alliance_score_"+t.feed, t.score)
		o.text("alliance_link_"+t.feed, t.link)
		o.instant("alliance_updated_"+t.feed, t.updated.Truncate(time.Second))
	}
}
