package response

import "github.com/cbscript/cbscript/client/simulator/search"

// processSchema is what processes can be searched by.
func processSchema() *search.Schema {
	return &search.Schema{
		Fields: map[string]search.Kind{
			"process_name": search.Keyword, "cmdline": search.Command, "path": search.Path, "path_full": search.Path,
			"username": search.Path, "username_full": search.Path, "uid": search.Keyword,
			"hostname": search.Keyword, "group": search.Keyword, "sensor_id": search.Number,
			"host_type": search.Keyword, "os_type": search.Keyword, "comms_ip": search.IP, "interface_ip": search.IP,
			"id": search.Keyword, "process_id": search.Keyword, "unique_id": search.Keyword, "segment_id": search.Number,
			"process_pid": search.Number, "process_md5": search.Keyword, "md5": search.Keyword,
			"parent_id": search.Keyword, "parent_name": search.Keyword, "parent_md5": search.Keyword, "parent_pid": search.Number,
			"start": search.Time, "last_update": search.Time, "last_server_update": search.Time, "server_added_timestamp": search.Time,
			"terminated": search.Bool, "tampered": search.Bool, "has_emet_config": search.Bool, "has_emet_event": search.Bool,
			"modload": search.Path, "filemod": search.Path, "regmod": search.Path, "filewrite_md5": search.Keyword,
			"domain": search.Domain, "ipaddr": search.IP, "ipv6addr": search.IP, "ipport": search.Number,
			"childproc_name": search.Keyword, "childproc_md5": search.Keyword,
			"crossproc_name": search.Path, "crossproc_md5": search.Keyword, "crossproc_type": search.Keyword,
			"blocked_md5": search.Keyword, "blocked_status": search.Keyword,
			"modload_count": search.Number, "filemod_count": search.Number, "regmod_count": search.Number,
			"netconn_count": search.Number, "childproc_count": search.Number, "crossproc_count": search.Number,
			"processblock_count": search.Number, "block_count": search.Number, "emet_count": search.Number,
			"digsig_result": search.Words, "digsig_publisher": search.Words, "digsig_issuer": search.Words, "digsig_subject": search.Words,
			"company_name": search.Words, "product_name": search.Words, "product_version": search.Words, "file_version": search.Words,
			"file_desc": search.Words, "original_filename": search.Keyword, "internal_name": search.Keyword,
		},
		Families: map[string]search.Kind{
			"alliance_score_": search.Number, "alliance_data_": search.Keyword, "alliance_link_": search.Words,
			"alliance_updated_": search.Time, "watchlist_": search.Keyword,
		},
		Bare: []string{
			"process_name", "path", "cmdline", "username", "hostname", "parent_name", "md5", "domain", "ipaddr",
			"filemod", "regmod", "modload", "childproc_name", "id",
		},
	}
}
