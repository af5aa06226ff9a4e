"""Words that people shorten, say otherwise, or still call by a name that the law has dropped.

Keys are lower case. A key written without diacritics also matches the word typed with them folded away only where
it says so: the tables are matched on the word as typed.
"""


def _table(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in text.strip().splitlines():
        keys, value = line.split("=", 1)
        for key in keys.split():
            pairs[key] = value.strip()
    return pairs


CHAT = _table(
    """
k ko kg hok hk0 khg kh0 khog khong0 hong0 hông hổng hỗng khum hăm hẻm0 khôg khôngg khoong=không
dc đc ddc đk0 đuọc đươc dk0 duoc0 đượt=được
j gj jì gìi=gì
ntn nhtn nthn ntnao=như thế nào
bn bnh bnhiu bnhieu bnhiêu baonhieu baonhiêu=bao nhiêu
bnh0=bao nhiêu
vs vơí vớii=với
mn mng=mọi người
r rùi rùj roi0 rồii=rồi
z v0 zậy dzậy zị dzị vậyy vầy0=vậy
cx cg cũg cug=cũng
trc trk trươc=trước
ms=mới
mk mik mìh=mình
lm làmm=làm
lun luôg=luôn
bít bik biếtt=biết
wa0 wá qá=quá
đki dki đkí đky dky đkk=đăng ký
tks thks thanks thank thanku thankiu ty0 cmon cámơn camon=cảm ơn
ak ạk ah0 ạh=ạ
đg=đang
ng ngừi ngừoi ngưoi=người
ngta=người ta
ns=nói
nv=nhân viên
cb=cán bộ
tg=thời gian
vk=vợ
ck=chồng
ny=người yêu
sn=sinh nhật
mún mjn0=muốn
vn=việt nam
cty=công ty
đt sđt sdt=số điện thoại
onl onlin onlai ol=online
bjo bjờ bgiờ bgio=bây giờ
nma nhma=nhưng mà
nc=nước
plz pls=làm ơn
nhìu=nhiều
thik thíc=thích
chx chưaa=chưa
vđ=vấn đề
lquan=liên quan
bsung=bổ sung
ttin=thông tin
gđ=gia đình
sv=sinh viên
cđ=cộng đồng
uh uhm=ừ
z0=vậy
thui=thôi
dzìa zìa dìa=về
gto gtờ gtơ gtto=giấy tờ
"""
)
CHAT = {key: value for key, value in CHAT.items() if not key.endswith("0")}

ADMINISTRATIVE = _table(
    """
gks=giấy khai sinh
đkks dkks=đăng ký khai sinh
đkkh dkkh=đăng ký kết hôn
gcnkh=giấy chứng nhận kết hôn
đkkt dkkt=đăng ký khai tử
gkt=giấy khai tử
đktt dktt=đăng ký tt
xntthn gxntthn xnhn gxnhn xnđt0=xác nhận tình trạng hôn nhân
tthn=tình trạng hôn nhân
hk=hộ khẩu
shk=sổ hộ khẩu
cccd ccd0=căn cước công dân
cmnd cmt cmtnd=chứng minh nhân dân
bhyt=bảo hiểm y tế
bhxh=bảo hiểm xã hội
bhtn=bảo hiểm thất nghiệp
gplx=giấy phép lái xe
blx=bằng lái xe
gpxd=giấy phép xây dựng
gpkd=giấy phép kinh doanh
đkkd dkkd=đăng ký kinh doanh
hkd=hộ kinh doanh
đkdn=đăng ký doanh nghiệp
mst=mã số thuế
lltp=lý lịch tư pháp
tthc=thủ tục hành chính
pvhcc=phục vụ hành chính công
dvc=dịch vụ công
dvcqg=dịch vụ công quốc gia
dvctt=dịch vụ công trực tuyến
gcn=giấy chứng nhận
gcnqsdđ gcnqsdd gcnqsd=giấy chứng nhận quyền sử dụng đất
qsdđ qsdd=quyền sử dụng đất
ubnd=ủy ban nhân dân
ub=ủy ban
hđnd=hội đồng nhân dân
cax=công an xã
csgt=cảnh sát giao thông
cskv=cảnh sát khu vực
qlhc=quản lý hành chính
pccc=phòng cháy chữa cháy
attp=an toàn thực phẩm
atvstp vsattp=an toàn vệ sinh thực phẩm
nvqs=nghĩa vụ quân sự
tncn=thu nhập cá nhân
tndn=thu nhập doanh nghiệp
gtgt=giá trị gia tăng
tnhh=trách nhiệm hữu hạn
htx=hợp tác xã
nct=người cao tuổi
nkt=người khuyết tật
noxh=nhà ở xã hội
mttq=mặt trận tổ quốc
tdp=tổ dân phố
vnid vneidd vnei vneld=vneid
sđ=sổ đỏ
sđcc=sổ đỏ
cc0=căn cước
pakn=phản ánh kiến nghị
"""
)
ADMINISTRATIVE = {key: value for key, value in ADMINISTRATIVE.items() if not key.endswith("0")}

EXPANSIONS: dict[str, str] = {**CHAT, **ADMINISTRATIVE}
"""Short form → what it always means."""

READINGS: dict[str, tuple[str, ...]] = {
    "đk": ("đăng ký", "được"),
    "dk": ("đăng ký", "được"),
    "tt": ("tạm trú", "thường trú", "thủ tục", "thông tin"),
    "cc": ("căn cước", "công chứng", "chung cư"),
    "kh": ("kết hôn", "không", "khách hàng", "kế hoạch"),
    "hs": ("hồ sơ", "học sinh"),
    "gt": ("giấy tờ", "giao thông"),
    "ca": ("công an", "ca"),
    "ks": ("khai sinh", "khách sạn"),
    "kt": ("khai tử", "kết thúc", "kiểm tra"),
    "bs": ("bổ sung", "bác sĩ"),
    "bh": ("bảo hiểm", "bây giờ"),
    "nn": ("nước ngoài", "nông nghiệp"),
    "hd": ("hướng dẫn", "hợp đồng"),
    "hđ": ("hợp đồng", "hoạt động"),
    "xn": ("xác nhận", "xí nghiệp"),
    "kd": ("kinh doanh", "kiểm định"),
    "xd": ("xây dựng", "xăng dầu"),
    "nk": ("nhập khẩu", "nhân khẩu"),
    "ct": ("chứng thực", "công trình"),
    "hc": ("hộ chiếu", "hành chính"),
    "bt": ("biết", "bình thường"),
    "h": ("giờ",),
    "c": ("chị",),
    "a": ("anh",),
    "e": ("em",),
    "m": ("mình",),
    "t": ("tôi",),
    "b": ("bạn",),
    "v": ("vậy",),
}
"""Short form → its readings, the likeliest first. Which one is written into the text is decided by `readings`."""

SHORT_FORMS = frozenset(EXPANSIONS) | frozenset(READINGS)

DIALECT = _table(
    """
rứa=vậy
chừ=giờ
nớ=đó
mần=làm
bển=bên đó
trển=trên đó
tui=tôi
zô=vô
zui=vui
nhơn=nhân
dzới=với
zới=với
hườn=hoàn
biểu0=bảo
đặng0=để
"""
)
DIALECT = {key: value for key, value in DIALECT.items() if not key.endswith("0")}

DIALECT_UNLESS: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {
    # word → (meaning, not after these words, not before these words)
    "mô": ("đâu", frozenset({"quy"}), frozenset({"hình", "tô", "tả", "phỏng", "đun", "đất", "men", "cơ"})),
    "răng": (
        "sao",
        frozenset({"nhổ", "trồng", "khám", "mọc", "phòng", "nha", "bọc", "niềng", "hàm", "đau", "chữa", "bác"}),
        frozenset({"hàm", "miệng", "cưa", "sứ", "giả", "khôn"}),
    ),
    "chi": (
        "gì",
        frozenset({"thu", "kế", "tổng", "bội", "từ", "bạn", "khoản", "khoảng", "tứ", "mức"}),
        frozenset(
            {"phí", "tiết", "nhánh", "cục", "trả", "hội", "bộ", "đội", "tiêu", "ủy", "viện", "cho", "tiền", "chít",
             "ngân", "ra", "thường", "đoàn", "bằng", "lương"}
        ),
    ),
    "ni": ("này", frozenset(), frozenset({"cô", "lông", "viện"})),
    "ri": ("này", frozenset({"cà"}), frozenset()),
    "sanh": ("sinh", frozenset({"cây", "quý", "gốc"}), frozenset()),
    "nhiêu": ("bao nhiêu", frozenset({"bao", "bấy", "biết"}), frozenset({"khê"})),
    "nhiu": ("bao nhiêu", frozenset({"bao", "bấy"}), frozenset()),
    "chánh": ("chính", frozenset(), frozenset({"án", "văn", "thanh"})),
}  # fmt: skip

MISSPELT: dict[str, tuple[str, str]] = {
    # first syllable → (the second that must follow, what the first should be)
    "cận": ("cước", "căn"),
    "cân": ("cước", "căn"),
    "căng": ("cước", "căn"),
    "sát": ("nhập", "sáp"),
    "xát": ("nhận", "xác"),
    "xữ": ("lý", "xử"),
    "thũ": ("tục", "thủ"),
}

DATED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("chứng minh nhân dân", ("căn cước",)),
    ("chứng minh thư", ("căn cước",)),
    ("căn cước công dân", ("căn cước",)),
    ("thẻ căn cước công dân", ("căn cước",)),
    ("sổ hộ khẩu", ("thường trú", "xác nhận thông tin về cư trú")),
    ("hộ khẩu", ("thường trú", "cư trú")),
    ("nhập khẩu", ("đăng ký thường trú",)),
    ("cắt khẩu", ("xóa đăng ký thường trú",)),
    ("tách khẩu", ("tách hộ",)),
    ("kt3", ("tạm trú",)),
    ("sổ tạm trú", ("tạm trú",)),
    ("công an huyện", ("công an xã",)),
    ("công an quận", ("công an phường",)),
    ("ủy ban huyện", ("ủy ban nhân dân xã",)),
    ("ủy ban quận", ("ủy ban nhân dân phường",)),
    ("thuế khoán", ("thuế hộ kinh doanh kê khai",)),
    ("chi cục thuế", ("thuế cơ sở",)),
    ("giấy chứng tử", ("trích lục khai tử",)),
)
"""Names that people still use → today's names, longest first within one beginning."""
