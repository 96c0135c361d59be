package response

import (
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
)

// indexed are the fields that a model can be searched by. A document has others, and a condition on one of those finds
// nothing, or is refused by the server.
//
// Source: the vendor's "Advanced Search Queries" of Cb Response 5.1; contract/response.md, sections 8 and 13.
type indexed struct {
	fields   []string
	families []string // beginnings of names that go on with the name of a feed or the number of a watchlist
	// single are those of fields that have at most one value in a document, which is compared as a whole.
	single []string
	// joined says that the fields of binaries may be followed by one of joinSuffixes.
	joined bool
	// useless are fields of the documents that the server takes a condition on and finds nothing, or does not take, with
	// what to do instead.
	useless map[string]string
}

// joinSuffixes follow the name of a field of binaries in a search of processes: the binary is then not the process's
// image but that of another process, or a module or a written file.
var joinSuffixes = []string{"_parent", "_child", "_modload", "_filewrite"}

// binarySearchFields are the fields of a binary by which processes can be searched too.
var binarySearchFields = strings.Fields(`comments company_name copied_mod_len digsig_issuer digsig_prog_name digsig_publisher
	digsig_result digsig_sign_time digsig_subject file_desc file_version internal_name is_64bit is_executable_image legal_copyright
	legal_trademark observed_filename orig_mod_len original_filename private_build product_desc product_name product_version
	special_build`)

var processIndex = indexed{
	fields: slices.Concat(binarySearchFields, strings.Fields(`blocked_md5 blocked_status childproc_count childproc_md5 childproc_name
		childproc_sha256 cmdline comms_ip crossproc_count crossproc_md5 crossproc_name crossproc_sha256 crossproc_type domain emet_count
		event_partition_id filemod filemod_count filewrite_md5 filewrite_sha256 group has_emet_config has_emet_event host_type hostname id
		interface_ip ipaddr ipport ipv6addr ja3 ja3s last_server_update last_update md5 modload modload_count netconn_count os_type
		parent_id parent_md5 parent_name parent_pid parent_sha256 path path_full process_id process_md5 process_name process_pid
		process_sha256 processblock_count regmod regmod_count segment_id sensor_id server_added_timestamp sha256 start tampered terminated
		uid unique_id username username_full`)),
	families: []string{"alliance_score_", "alliance_data_", "alliance_link_", "alliance_updated_", "watchlist_"},
	single:   strings.Fields("process_name process_md5 hostname group sensor_id parent_name parent_md5 os_type host_type id process_id"),
	joined:   true,
}

var binaryIndex = indexed{
	fields: slices.Concat(binarySearchFields, strings.Fields(`cb_version digsig_result_code endpoint event_partition_id group host_count
		hostname last_seen md5 os_type server_added_timestamp sha256 signed tampered timestamp`)),
	families: processIndex.families,
	single:   []string{"md5", "os_type"},
}

var alertIndex = indexed{
	fields: strings.Fields(`alert_severity alert_type assigned_to created_time feed_id feed_name group hostname ioc_value md5
		observed_filename process_name process_path report_score resolved_time status username watchlist_id watchlist_name`),
	single: strings.Fields("alert_type assigned_to feed_id feed_name group hostname md5 process_name status watchlist_id"),
	useless: map[string]string{
		"process_id": "the server finds no alert by process_id, whatever it is: search by process_name, md5 or hostname and compare alert.process_id",
		"unique_id":  "the server takes no condition on unique_id: select(Alert, id) gives the alert",
	},
}

var reportIndex = indexed{
	fields: strings.Fields(`create_time description domain feed_category feed_id feed_name id ipaddr is_ignored md5 report_id
		severity_score tags title update_time`),
	single: strings.Fields("feed_id feed_name report_id"),
}

// has reports whether the model can be searched by a field.
func (x *indexed) has(field string) bool {
	if slices.Contains(x.fields, field) {
		return true
	}
	for _, family := range x.families {
		if len(field) > len(family) && strings.HasPrefix(field, family) {
			return true
		}
	}
	if x.joined {
		for _, suffix := range joinSuffixes {
			if of, ok := strings.CutSuffix(field, suffix); ok && slices.Contains(binarySearchFields, of) {
				return true
			}
		}
	}
	return false
}

// check refuses a condition on a field by which the server is known to find nothing, and warns of a field that it is
// not known to index: versions differ, and what a query misses is not seen in its results.
//
// Source: field-notes.md, A.3.
func (x *indexed) check(q *client.Query, condition string) error {
	for _, field := range fieldsIn(condition) {
		if instead, ok := x.useless[field]; ok {
			return &client.APIError{Message: "where: " + q.Kind().Name + " objects cannot be searched by " + field,
				Advice: instead}
		}
		if !x.has(field) {
			q.Client().Log().Warn("the condition is on a field that the model is not known to index: it may find nothing, or be refused",
				"model", q.Kind().Name, "field", field, "nearest", nearest.Name(field, x.fields), "indexed", strings.Join(slices.Sorted(slices.Values(x.fields)), " "))
		}
	}
	return nil
}

// fieldsIn gives the names before the colons of a condition in the language of the console's search box. What stands
// in quotes is text, a backslash takes the next character's meaning, and a letter alone before a colon is a drive.
func fieldsIn(condition string) []string {
	var fields []string
	start := 0 // of the word that may be a name, or -1 within a value
	for i := 0; i < len(condition); i++ {
		switch c := condition[i]; {
		case c == '\\':
			i, start = i+1, -1
		case c == '"':
			i, start = endOfQuote(condition, i), -1
		case strings.IndexByte(" \t\r\n()", c) >= 0, c == '-' && start == i:
			start = i + 1
		case c == ':':
			if start >= 0 && i-start > 1 && isName(condition[start:i]) && !strings.HasPrefix(condition[i:], "://") {
				fields = append(fields, condition[start:i])
			}
			start = -1
		}
	}
	return fields
}

// endOfQuote gives the index of the quote that ends the text which begins at i, or the end of the condition.
func endOfQuote(condition string, i int) int {
	for i++; i < len(condition) && condition[i] != '"'; i++ {
		if condition[i] == '\\' {
			i++
		}
	}
	return min(i, len(condition))
}

// isName recognises what can be the name of a field: letters, digits and underscores, and no digit first.
func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
